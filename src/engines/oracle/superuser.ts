import type { Wire } from "./connect.js";
import { isDenied } from "./permitted.js";
import { isInPasswordFile } from "./users.js";

/**
 * Whether the session's user may do everything: SYS and SYSTEM, who holds the role DBA, enabled now or not, and who may log
 * in AS SYSDBA or the like. That ALTER USER or GRANT ANY ROLE would make it one is said in the documentation: an admin needs
 * the first.
 */
export async function isSuperuser(wire: Wire): Promise<boolean> {
  if ((await wire.query(IS_DBA)).length > 0) return true;
  return isInPasswordFile(wire, wire.account.user).catch((error: unknown) => {
    // Who may not read the view is asked no further.
    if (isDenied(error)) return false;
    throw error;
  });
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ROLE_ROLE_PRIVS.html: of the roles that one has */
const IS_DBA =
  "SELECT 1 FROM SYS.DUAL WHERE SYS_CONTEXT('USERENV', 'ISDBA') = 'TRUE' " +
  "OR SYS_CONTEXT('USERENV', 'SESSION_USER') IN ('SYS', 'SYSTEM') " +
  "OR EXISTS (SELECT 1 FROM SYS.USER_ROLE_PRIVS WHERE GRANTED_ROLE = 'DBA') " +
  "OR EXISTS (SELECT 1 FROM SYS.ROLE_ROLE_PRIVS WHERE GRANTED_ROLE = 'DBA')";
