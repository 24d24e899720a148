import type { Wire } from "./connect.js";
import { dictionaryName } from "./names.js";

/**
 * Of all instances of a cluster. Needs SELECT_CATALOG_ROLE; who may not read the view is refused it.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-SESSION.html, …/refrn/GV-Views.html
 */
export async function sessionsOf(wire: Wire, username: string): Promise<number | undefined> {
  const [row] = await wire.query<{ sessions: number }>(
    'SELECT COUNT(*) AS "sessions" FROM SYS.GV_$SESSION WHERE USERNAME = :name ' +
      "AND NOT (INST_ID = SYS_CONTEXT('USERENV', 'INSTANCE') AND SID = SYS_CONTEXT('USERENV', 'SID'))",
    { name: dictionaryName(username) },
  );
  return row && Number(row.sessions);
}
