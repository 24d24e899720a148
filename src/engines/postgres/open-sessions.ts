import type { Client } from "pg";

/** Everybody may see whose session each is. https://www.postgresql.org/docs/current/monitoring-stats.html */
export async function sessionsOf(client: Client, username: string): Promise<number | undefined> {
  const { rows } = await client.query<{ sessions: number }>(
    "SELECT count(*)::int AS sessions FROM pg_catalog.pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()",
    [username],
  );
  return rows[0]?.sessions;
}
