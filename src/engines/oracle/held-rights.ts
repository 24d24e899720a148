import type { Wire } from "./connect.js";

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/SESSION_PRIVS.html */
export async function privileges(wire: Wire): Promise<ReadonlySet<string>> {
  const rows = await wire.query<{ privilege: string }>('SELECT PRIVILEGE AS "privilege" FROM SYS.SESSION_PRIVS');
  return new Set(rows.map(({ privilege }) => privilege));
}

/** By the privilege that hands on all of a kind: what the base has, the clone has not, and the session may not give. */
const KINDS = {
  "GRANT ANY ROLE":
    'SELECT GRANTED_ROLE AS "name" FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :base ' +
    "UNION SELECT ROLE FROM SYS.DBA_ROLES WHERE ROLE = :marker " +
    "MINUS SELECT GRANTED_ROLE FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :clone " +
    "MINUS SELECT GRANTED_ROLE FROM SYS.USER_ROLE_PRIVS WHERE ADMIN_OPTION = 'YES' " +
    "MINUS SELECT GRANTED_ROLE FROM SYS.ROLE_ROLE_PRIVS WHERE ADMIN_OPTION = 'YES'",
  "GRANT ANY PRIVILEGE":
    'SELECT PRIVILEGE AS "name" FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :base ' +
    "MINUS SELECT PRIVILEGE FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :clone " +
    "MINUS SELECT PRIVILEGE FROM SYS.USER_SYS_PRIVS WHERE ADMIN_OPTION = 'YES' " +
    "MINUS SELECT PRIVILEGE FROM SYS.ROLE_SYS_PRIVS WHERE ADMIN_OPTION = 'YES'",
  "GRANT ANY OBJECT PRIVILEGE":
    "SELECT PRIVILEGE || ' ON ' || OWNER || '.' || TABLE_NAME AS \"name\" FROM SYS.DBA_TAB_PRIVS " +
    "WHERE GRANTEE = :base AND OWNER <> USER AND TABLE_NAME NOT LIKE 'BIN$%' " +
    "MINUS SELECT PRIVILEGE || ' ON ' || OWNER || '.' || TABLE_NAME FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :clone " +
    "MINUS SELECT PRIVILEGE || ' ON ' || OWNER || '.' || TABLE_NAME FROM SYS.USER_TAB_PRIVS_RECD WHERE GRANTABLE = 'YES'",
} as const;

/**
 * The roles and privileges that the session may not give to the clone, by name. `marker`: a role of somebody else's that
 * the clone is to have besides; empty for none.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html (Prerequisites)
 */
export async function notToHandOn(
  wire: Wire,
  base: string,
  clone: string,
  held: ReadonlySet<string>,
  marker: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const [enough, sql] of Object.entries(KINDS)) {
    if (held.has(enough)) continue;
    const rows = await wire.query<{ name: string }>(sql, {
      base,
      clone,
      ...(sql.includes(":marker") ? { marker } : {}),
    });
    found.push(...rows.map(({ name }) => name));
  }
  return found;
}
