import type { Wire } from "./wire.js";

export interface Role {
  readonly role: string;
  readonly db: string;
}

/** The roles of a user; `undefined` for one that is not there. */
export async function rolesOf(wire: Wire, username: string): Promise<Role[] | undefined> {
  const { users } = await wire.command({ usersInfo: { user: username, db: wire.database } });
  const [user] = users as Array<{ roles?: Role[] }>;
  return user && (user.roles ?? []).map(({ role, db }) => ({ role, db }));
}

/**
 * A role made for one pair and given to its clone, because neither server has another place to say that a user is the
 * clone of another; a name alone says nothing.
 */
export function markerOf(wire: Wire, base: string): Role {
  return { role: `keyturn_${base}`, db: wire.database };
}

export function nameOf({ role, db }: Role): string {
  return `${role}@${db}`;
}
