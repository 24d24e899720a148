import type { Wire } from "./connect.js";
import { nameOf, type Role } from "./users.js";

/**
 * A role made for one pair and given to both, because neither server has another place to say that a user is the
 * clone of another; a name alone says nothing. The base has it because a user that is made anew under its name, perhaps for
 * somebody else, is no base of the clone that was left behind. It is kept where the users are, so only who manages users there
 * can grant it.
 */
export function markerOf({ database }: Pick<Wire, "database">, base: string): Role {
  return { role: `keyturn_${base}`, db: database };
}

export function isMarked(wire: Wire, base: string, roles: readonly Role[]): boolean {
  const marker = nameOf(markerOf(wire, base));
  return roles.some((role) => nameOf(role) === marker);
}

/** Marks the base, before the clone is made: one that is not whole leaves a base that is marked and no clone. `roles`: its own. */
export async function mark(wire: Wire, base: string, roles: readonly Role[]): Promise<void> {
  const marker = markerOf(wire, base);
  await makeMarker(wire, marker);
  if (!isMarked(wire, base, roles)) await wire.command({ grantRolesToUser: base, roles: [marker] });
}

/** A role must allow something: this one allows to read what is never there. */
async function makeMarker(wire: Wire, { role }: Role): Promise<void> {
  const { roles } = await wire.command({ rolesInfo: { role, db: wire.database } });
  if ((roles as unknown[]).length > 0) return;
  await wire.command({
    createRole: role,
    privileges: [{ resource: { db: "keyturn", collection: "clones" }, actions: ["find"] }],
    roles: [],
  });
}
