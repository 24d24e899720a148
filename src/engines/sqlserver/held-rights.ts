import type { Wire } from "./connect.js";
import { queryIn } from "./statement.js";

/** What HAS_PERMS_BY_NAME answers: 1, 0, or NULL for a securable that is not there or not to be seen. */
type Held = 0 | 1 | null;

interface ServerRights {
  /** Of any login, or of this one. */
  readonly alterLogin: Held;
  readonly alterRoles: Held;
}

export async function serverRights(wire: Wire, name: string): Promise<ServerRights> {
  const [rights] = await wire.query<ServerRights>(queryIn("master", SERVER_RIGHTS, name));
  return rights ?? { alterLogin: 0, alterRoles: 0 };
}

export async function rightsIn(
  wire: Wire,
  where: string,
): Promise<{ readonly alterUsers: Held; readonly control: Held }> {
  const [rights] = await wire.query<{ alterUsers: Held; control: Held }>(queryIn("master", DATABASE_RIGHTS, where));
  return rights ?? { alterUsers: 0, control: 0 };
}

/**
 * What the session may do about a login.
 * https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql
 */
const SERVER_RIGHTS = `
  SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY LOGIN') = 1
                OR HAS_PERMS_BY_NAME(QUOTENAME(@name), 'LOGIN', 'ALTER') = 1 THEN 1 ELSE 0 END AS alterLogin,
         HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY SERVER ROLE') AS alterRoles`;

/** What the session may do in a database, by the database's name. */
const DATABASE_RIGHTS = `
  SELECT HAS_PERMS_BY_NAME(QUOTENAME(@name), 'DATABASE', 'ALTER ANY USER') AS alterUsers,
         HAS_PERMS_BY_NAME(QUOTENAME(@name), 'DATABASE', 'CONTROL') AS control`;
