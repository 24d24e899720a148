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
  const from = wire.facts.contained ? where : "master";
  const [rights] = await wire.query<{ alterUsers: Held; control: Held }>(queryIn(from, DATABASE_RIGHTS, where));
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

/** The fixed server roles that one login has, another has not, and the session may not hand on. */
export async function fixedRolesNotToHandOn(wire: Wire, base: string, clone: string): Promise<string[]> {
  const rows = await wire.query<{ name: string }>(queryIn("master", FIXED_ROLES, base, clone));
  return rows.map(({ name }) => name);
}

/**
 * ALTER ANY SERVER ROLE is of the others: to a fixed server role its own members add members.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-server-role-transact-sql#permissions
 */
const FIXED_ROLES = `
  SELECT r.name FROM sys.server_principals r JOIN sys.server_role_members m ON m.role_principal_id = r.principal_id
    JOIN sys.server_principals l ON l.principal_id = m.member_principal_id
   WHERE r.is_fixed_role = 1 AND l.name = @name
     AND ISNULL(IS_SRVROLEMEMBER('sysadmin'), 0) = 0 AND ISNULL(IS_SRVROLEMEMBER(r.name), 0) = 0
     AND NOT EXISTS (SELECT 1 FROM sys.server_role_members o JOIN sys.server_principals c ON c.principal_id = o.member_principal_id
                      WHERE o.role_principal_id = r.principal_id AND c.name = @other)`;
