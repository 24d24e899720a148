import type { Client } from "pg";

/** What the cluster knows of a user besides its privileges. */
export interface User {
  readonly superuser: boolean;
  readonly createdb: boolean;
  /** As text in UTC; `null` for never. */
  readonly validUntil: string | null;
  /** `UNLIMITED` or a number. */
  readonly connectionLimit: string;
  /** `RESTRICTED` or `UNRESTRICTED`. */
  readonly syslogAccess: string;
  /** Seconds; 0 for none. */
  readonly sessionTimeout: number;
  /** `search_path=…` */
  readonly settings: readonly string[];
  readonly groups: readonly string[];
}

/** https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_USER_INFO.html */
export async function readUser(client: Client, username: string): Promise<User | undefined> {
  const { rows } = await client.query<Omit<User, "groups" | "settings"> & { settings: string[] | null }>(
    `SELECT u.usesuper AS superuser, u.usecreatedb AS createdb, u.valuntil::text AS "validUntil", u.useconfig AS settings
       FROM pg_catalog.pg_user u WHERE u.usename = $1`,
    [username],
  );
  const { rows: more } = await client.query<Pick<User, "connectionLimit" | "syslogAccess" | "sessionTimeout">>(
    `SELECT connection_limit::text AS "connectionLimit", syslog_access AS "syslogAccess", session_timeout AS "sessionTimeout"
       FROM pg_catalog.svv_user_info WHERE user_name = $1`,
    [username],
  );
  const [known] = rows;
  if (!known) return undefined;
  return {
    ...NEW_USER,
    ...known,
    ...more[0],
    settings: known.settings ?? [],
    groups: await groupsOf(client, username),
  };
}

/** https://docs.aws.amazon.com/redshift/latest/dg/r_PG_GROUP.html is visible to everybody. */
export async function groupsOf(client: Client, username: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT g.groname::text AS name FROM pg_catalog.pg_group g, pg_catalog.pg_user u
      WHERE u.usename = $1 AND u.usesysid = ANY (g.grolist) ORDER BY 1`,
    [username],
  );
  return rows.map(({ name }) => name);
}

/** Of a user that was just made. */
export const NEW_USER: User = {
  superuser: false,
  createdb: false,
  validUntil: null,
  connectionLimit: "UNLIMITED",
  syslogAccess: "RESTRICTED",
  sessionTimeout: 0,
  settings: [],
  groups: [],
};
