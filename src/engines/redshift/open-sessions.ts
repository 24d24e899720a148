import type { Client } from "pg";
import { isSuperuser } from "./superuser.js";

/**
 * Users who are no superusers see their own only; longer names are cut.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SESSIONS.html
 */
export async function sessionsOf(client: Client, login: string, username: string): Promise<number | undefined> {
  if (Buffer.byteLength(username) > 50) return undefined;
  if (username !== login && !(await isSuperuser(client, login))) return undefined;
  const { rows } = await client.query<{ sessions: number }>(
    "SELECT count(*)::int AS sessions FROM pg_catalog.stv_sessions WHERE trim(user_name) = $1 AND process <> pg_backend_pid()",
    [username],
  );
  return rows[0]?.sessions;
}
