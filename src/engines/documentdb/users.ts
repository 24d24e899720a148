import type { Document } from "mongodb";
import type { Wire } from "./connect.js";

export interface Role {
  readonly role: string;
  readonly db: string;
}

export interface User {
  /** Those that it was granted. */
  readonly roles: readonly Role[];
  /** Those and the ones that come with them, where the server says so. */
  readonly all: readonly Role[];
}

/** What servers answer that do not have an option: FailedToParse, NotImplemented, not supported, an unknown field. */
const UNKNOWN_OPTION: ReadonlySet<number> = new Set([9, 238, 303, 40415]);

/** A user of the session's database; `undefined` for one that is not there. */
export async function userOf(wire: Wire, username: string): Promise<User | undefined> {
  const asked = { usersInfo: { user: username, db: wire.database } };
  const { users } = await wire.command({ ...asked, showPrivileges: true }).catch((error: { code?: number }) => {
    if (UNKNOWN_OPTION.has(error.code ?? 0)) return wire.command(asked);
    throw error;
  });
  const [user] = users as Array<{ roles?: Document[]; inheritedRoles?: Document[] }>;
  if (!user) return undefined;
  const roles = (user.roles ?? []).map(roleFrom);
  return { roles, all: [...roles, ...(user.inheritedRoles ?? []).map(roleFrom)] };
}

/** A user may ask for its own, without a right. https://www.mongodb.com/docs/manual/reference/command/usersInfo/#required-access */
export async function rolesOf(wire: Wire, username: string): Promise<Role[] | undefined> {
  const { users } = await wire.command({ usersInfo: { user: username, db: wire.database } });
  const [user] = users as Array<{ roles?: Document[] }>;
  return user && (user.roles ?? []).map(roleFrom);
}

function roleFrom({ role, db }: Document): Role {
  return { role: String(role), db: String(db) };
}

/**
 * Whether roles let a user do everything at once. What may make itself such a one (`userAdminAnyDatabase`, which an admin
 * needs) is said in the documentation. https://www.mongodb.com/docs/manual/reference/built-in-roles/#superuser-roles
 */
export function isAllPowerful(roles: readonly Role[]): boolean {
  return roles.some(({ role, db }) => db === "admin" && (role === "root" || role === "__system"));
}

export function nameOf({ role, db }: Role): string {
  return `${role}@${db}`;
}
