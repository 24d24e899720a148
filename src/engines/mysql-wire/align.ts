import type { Changes } from "../pairs.js";
import type { Account, Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import { type Grant, grantsIn, type Role } from "./grant.js";
import { groupsOf, joined, piecesOf, widerThan } from "./grant-pieces.js";
import { reverseOf, statementOf } from "./grant-statements.js";
import { isDenied, lacksRight, type ServerError } from "./permitted.js";
import { quoteAccount } from "./quote.js";
import { unknownGrant } from "./superuser.js";

/**
 * Gives the clone what the base has been granted, and takes from it what it has not. Any owner of a database may grant
 * something of his to either, which an admin of others can neither repeat nor take: that is left as it is and said. Throws
 * `AdminLacksRight` only for what the clone had before, or, while it is being `made` and nobody uses it yet, for anything
 * that the admin may not repeat. What is of a thing that is gone nobody needs. `marks`: the roles that say what Keyturn
 * knows of a login, and no others' business.
 */
export async function alignGrants(
  wire: Wire,
  dialect: Dialect,
  { base, clone, made, marks }: { base: Account; clone: Account; made: boolean; marks: readonly string[] },
): Promise<Changes> {
  const statement = (piece: Grant) => statementOf(wire.connection, piece, clone);
  const reverse = (piece: Grant) => reverseOf(wire.connection, piece, clone);
  const wanted = await grantsOf(wire, base, marks);
  const found = await grantsOf(wire, clone, marks);
  const isWanted = givenBy(wanted, statement);
  const wasThere = givenBy(found, statement);
  const granted: string[] = [];
  const revoked: string[] = [];
  const left: string[] = [];

  for (const group of groupsOf(found.filter((piece) => !isWanted(piece))))
    for (const { grant, refusal } of await carryOut(wire, group, reverse))
      (refusal ? left : revoked).push(...reverse(grant));

  // What was taken may have been wider than what is extra.
  const isThere = givenBy(revoked.length > 0 ? await grantsOf(wire, clone, marks) : found, statement);
  for (const group of groupsOf(wanted.filter((piece) => !isThere(piece))))
    for (const { grant, refusal } of await carryOut(wire, group, (piece) => [statement(piece)])) {
      const lost = refusal && isDenied(refusal) && (made || piecesOf(grant).some(wasThere));
      if (lost) throw lacksRight(wire, dialect, { base: base.user }, { refusal, statement: statement(grant) });
      (refusal ? left : granted).push(statement(grant));
    }
  return { granted, revoked, left };
}

/** What `alignGrants` would give the clone, which may not be there yet. */
export async function missingGrants(
  wire: Wire,
  base: Account,
  clone: Account,
  { isThere, marks }: { isThere: boolean; marks: readonly string[] },
): Promise<Grant[]> {
  const found = isThere ? await grantsOf(wire, clone, marks) : [];
  const wasThere = givenBy(found, (piece) => statementOf(wire.connection, piece, clone));
  return (await grantsOf(wire, base, marks)).filter((piece) => !wasThere(piece));
}

function givenBy(pieces: readonly Grant[], statement: (piece: Grant) => string): (piece: Grant) => boolean {
  const given = new Set(pieces.map(statement));
  return (piece) => [piece, ...widerThan(piece)].some((one) => given.has(statement(one)));
}

/** In one statement, or each by itself where the server refuses them together: then each with the refusal, if any. */
async function carryOut(
  wire: Wire,
  group: readonly Grant[],
  statements: (grant: Grant) => string[],
): Promise<{ grant: Grant; refusal?: ServerError }[]> {
  const grant = joined(group);
  try {
    for (const statement of statements(grant)) await wire.query(statement);
    return [{ grant }];
  } catch (error) {
    const refusal = error as ServerError;
    if (!isDenied(refusal) && !GONE.has(refusal.errno ?? 0)) throw error;
    if (group.length === 1) return [{ grant, refusal }];
    const each = [];
    for (const piece of group) each.push(...(await carryOut(wire, [piece], statements)));
    return each;
  }
}

/** No such table, column or routine; no such grant. */
const GONE: ReadonlySet<number> = new Set([1054, 1141, 1146, 1147, 1305, 1403]);

/**
 * What an account has been granted and another can be given, in pieces. A proxy's right is not handed on: with it a clone
 * would act as a third login. What stands in the rows about passwords and TLS the account's definition says.
 */
async function grantsOf(wire: Wire, account: Account, marks: readonly string[]): Promise<Grant[]> {
  const grants = await shownGrants(wire, `FOR ${quoteAccount(wire.connection, account)}`);
  if (grants.some(({ kind }) => kind === "unknown")) throw unknownGrant();
  const hasRole = ({ name, host }: Role) =>
    grants.some((one) => one.kind === "role" && one.role.name === name && one.role.host === host);
  return grants
    .filter((grant) => {
      if (grant.kind === "privileges") return !grant.everyones;
      if (grant.kind === "role") return !grant.everyones && !marks.includes(grant.role.name);
      // A default role outlives the grant of the role: then it is none.
      return grant.kind === "default role" && !marks.includes(grant.role.name) && hasRole(grant.role);
    })
    .flatMap(piecesOf);
}

/** SHOW GRANTS, taken apart. `which`: `FOR …`; empty for the session itself with its active roles, and PUBLIC's. */
export async function shownGrants({ query }: Pick<Wire, "query">, which = ""): Promise<Grant[]> {
  const rows = await query<Record<string, string>>(`SHOW GRANTS ${which}`);
  return rows.flatMap((row) => grantsIn(Object.values(row)[0] ?? ""));
}
