import type { Wire } from "./connect.js";
import { dictionaryName } from "./names.js";

/**
 * Needs SELECT_CATALOG_ROLE; who may not read the view is refused it.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-SESSION.html
 */
export async function sessionsOf(wire: Wire, username: string): Promise<number | undefined> {
  const [row] = await wire.query<{ sessions: number }>(
    "SELECT COUNT(*) AS \"sessions\" FROM SYS.V_$SESSION WHERE USERNAME = :name AND SID <> SYS_CONTEXT('USERENV', 'SID')",
    { name: dictionaryName(username) },
  );
  return row && Number(row.sessions);
}
