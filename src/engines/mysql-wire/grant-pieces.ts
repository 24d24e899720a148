import type { Grant } from "./grant.js";
import { isUsage, type Privileges } from "./grant-statements.js";

/**
 * A grant taken apart into what is given or taken for itself: one privilege, of one column where it has some, the GRANT
 * OPTION of a place, a role. So what somebody else adds to a row stands in the way of nothing else that is in it. On `*.*`
 * a privilege keeps its GRANT OPTION, as MySQL's dynamic ones have one each.
 */
export function piecesOf(grant: Grant): Grant[] {
  if (grant.kind !== "privileges") return [grant];
  const everywhere = grant.database === undefined;
  if (isUsage(grant)) return grant.grantable ? [grant] : [];
  const pieces = grant.privileges
    .filter(({ name }) => name !== "USAGE")
    .flatMap(({ name, columns }) =>
      columns.length === 0 ? [{ name, columns }] : columns.map((column) => ({ name, columns: [column] })),
    )
    .map((privilege) => ({ ...grant, privileges: [privilege], grantable: everywhere && grant.grantable }));
  return grant.grantable && !everywhere ? [...pieces, { ...grant, privileges: [named("USAGE")] }] : pieces;
}

/** Those that one statement can give or take together. */
export function groupsOf(pieces: readonly Grant[]): Grant[][] {
  const groups = new Map<string, Grant[]>();
  for (const [index, piece] of pieces.entries()) {
    const key = piece.kind === "privileges" && !isWhole(piece) ? placeOf(piece) : String(index);
    groups.set(key, [...(groups.get(key) ?? []), piece]);
  }
  return [...groups.values()];
}

/** A group as one grant. */
export function joined(group: readonly Grant[]): Grant {
  const [first] = group as readonly [Grant];
  if (first.kind !== "privileges") return first;
  const privileges: { name: string; columns: string[] }[] = [];
  for (const { name, columns } of (group as readonly Privileges[]).flatMap((piece) => piece.privileges)) {
    const same = columns.length > 0 && privileges.find((one) => one.name === name && one.columns.length > 0);
    if (same) same.columns.push(...columns);
    else privileges.push({ name, columns: [...columns] });
  }
  return { ...first, privileges };
}

/** What would give the same and more. */
export function widerThan(piece: Grant): Grant[] {
  if (piece.kind === "role") return piece.admin ? [] : [{ ...piece, admin: true }];
  if (piece.kind !== "privileges" || piece.taken || isUsage(piece)) return [];
  const wider = [{ ...piece, privileges: [named("ALL PRIVILEGES")] }];
  for (const { name, columns } of piece.privileges)
    if (columns.length > 0) wider.push({ ...piece, privileges: [named(name)] });
  if (piece.database !== undefined) return wider;
  return [...wider, ...[piece, ...wider].map((one) => ({ ...one, grantable: true }))];
}

function named(name: string) {
  return { name, columns: [] as string[] };
}

/** ALL PRIVILEGES and GRANT OPTION stand alone. */
function isWhole({ privileges }: Privileges): boolean {
  return privileges.some(({ name }) => name === "ALL PRIVILEGES" || name === "USAGE");
}

function placeOf({ type, database, object, taken, grantable }: Privileges): string {
  return JSON.stringify([type, database ?? null, object ?? null, taken, grantable]);
}
