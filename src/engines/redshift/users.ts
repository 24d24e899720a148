import type { Client } from "pg";
import { parameter, split, written } from "../postgres-wire/settings.js";
import { groupsOf } from "./pair.js";

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
    ...DEFAULTS,
    ...known,
    ...more[0],
    settings: known.settings ?? [],
    groups: await groupsOf(client, username),
  };
}

/** Of a user that was just made. */
export const DEFAULTS: User = {
  superuser: false,
  createdb: false,
  validUntil: null,
  connectionLimit: "UNLIMITED",
  syslogAccess: "RESTRICTED",
  sessionTimeout: 0,
  settings: [],
  groups: [],
};

/** The clauses of ALTER USER that make one user like another. */
export function attributeChanges(client: Client, from: User, to: User): string[] {
  const changed = <Key extends keyof User>(key: Key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]);
  return [
    ...(changed("createdb") ? [from.createdb ? "CREATEDB" : "NOCREATEDB"] : []),
    ...(changed("validUntil") ? [`VALID UNTIL ${client.escapeLiteral(from.validUntil ?? "infinity")}`] : []),
    ...(changed("connectionLimit") ? [`CONNECTION LIMIT ${limit(from.connectionLimit)}`] : []),
    ...(changed("syslogAccess")
      ? [`SYSLOG ACCESS ${from.syslogAccess === "UNRESTRICTED" ? "UNRESTRICTED" : "RESTRICTED"}`]
      : []),
    ...(changed("sessionTimeout")
      ? [from.sessionTimeout > 0 ? `SESSION TIMEOUT ${Number(from.sessionTimeout)}` : "RESET SESSION TIMEOUT"]
      : []),
    ...settingChanges(client, from.settings, to.settings),
  ];
}

function limit(text: string): string {
  return /^\d+$/.test(text) ? text : "UNLIMITED";
}

function settingChanges(client: Client, from: readonly string[], to: readonly string[]): string[] {
  const wanted = new Map(from.map(split));
  const found = new Map(to.map(split));
  return [
    ...[...wanted]
      .filter(([name, value]) => found.get(name) !== value)
      .map(([name, value]) => `SET ${parameter(name)} TO ${written(client, name, value)}`),
    ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `RESET ${parameter(name)}`),
  ];
}
