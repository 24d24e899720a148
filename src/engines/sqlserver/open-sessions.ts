import type { Wire } from "./connect.js";
import { queryIn } from "./statement.js";

/**
 * Without the right VIEW SERVER STATE everybody sees the session itself only. Azure SQL Database has no server to see.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
 */
const SESSIONS = `
  SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
              THEN (SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE original_login_name = @name AND session_id <> @@SPID)
         END AS sessions`;

export async function sessionsOf(wire: Wire, username: string): Promise<number | undefined> {
  if (wire.facts.azure) return undefined;
  const [row] = await wire.query<{ sessions: number | null }>(queryIn("master", SESSIONS, username));
  return row?.sessions ?? undefined;
}
