import type { Connection } from "mysql2/promise";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteRole, type Role } from "../mysql-wire/grant.js";
import { isText } from "../mysql-wire/quote.js";

/** What is said of an account by CREATE USER, besides its name and its passwords. */
export interface Definition {
  /** `caching_sha2_password` */
  readonly plugin: string;
  /** `` `role`@`%` ``, or `NONE`. */
  readonly defaultRole: string;
  /** Requirements, limits, expiry and history. Every one is said, so that it is also taken back. */
  readonly options: string;
}

interface Row {
  readonly plugin: string;
  readonly tls: "" | "ANY" | "X509" | "SPECIFIED";
  readonly cipher: string;
  readonly issuer: string;
  readonly subject: string;
  readonly queries: number;
  readonly updates: number;
  readonly connections: number;
  readonly atOnce: number;
  readonly lifetime: number | null;
  readonly history: number | null;
  readonly reuse: number | null;
  readonly requireCurrent: "Y" | "N" | null;
  readonly attempts: number | null;
  readonly lockDays: number | null;
}

/**
 * From the system's tables, and not from SHOW CREATE USER, which does not escape what stands in its quotes.
 * https://dev.mysql.com/doc/refman/8.4/en/grant-tables.html
 */
export async function definitionOf(wire: Wire, account: Account, marks: readonly string[]): Promise<Definition> {
  const { connection, query } = wire;
  const [row] = await query<Row>(
    `SELECT plugin, ssl_type AS tls, CONVERT(ssl_cipher USING utf8mb4) AS cipher,
        CONVERT(x509_issuer USING utf8mb4) AS issuer, CONVERT(x509_subject USING utf8mb4) AS subject,
        max_questions AS queries, max_updates AS updates, max_connections AS connections, max_user_connections AS atOnce,
        password_lifetime AS lifetime, Password_reuse_history AS history, Password_reuse_time AS reuse,
        Password_require_current AS requireCurrent,
        User_attributes->>'$.Password_locking.failed_login_attempts' AS attempts,
        User_attributes->>'$.Password_locking.password_lock_time_days' AS lockDays
       FROM mysql.user WHERE ${isAccount(connection, account, "User", "Host")}`,
  );
  const roles = await query<Role>(
    `SELECT DEFAULT_ROLE_USER AS name, DEFAULT_ROLE_HOST AS host FROM mysql.default_roles
      WHERE ${isAccount(connection, account, "USER", "HOST")} ORDER BY 1, 2`,
  );
  const defaults = roles.filter(({ name }) => !marks.includes(name)).map(quoteRole);
  return {
    plugin: row?.plugin ?? "caching_sha2_password",
    defaultRole: defaults.length > 0 ? defaults.join(", ") : "NONE",
    options: row ? optionsOf(connection, row) : "",
  };
}

export function isAccount(connection: Connection, { user, host }: Account, userColumn: string, hostColumn: string) {
  return `${isText(connection, userColumn, user)} AND ${isText(connection, hostColumn, host)}`;
}

function optionsOf(connection: Connection, row: Row): string {
  return [
    `REQUIRE ${requirement(connection, row)}`,
    `WITH MAX_QUERIES_PER_HOUR ${Number(row.queries)} MAX_UPDATES_PER_HOUR ${Number(row.updates)}`,
    `MAX_CONNECTIONS_PER_HOUR ${Number(row.connections)} MAX_USER_CONNECTIONS ${Number(row.atOnce)}`,
    `PASSWORD EXPIRE ${row.lifetime === null ? "DEFAULT" : Number(row.lifetime) === 0 ? "NEVER" : `INTERVAL ${Number(row.lifetime)} DAY`}`,
    `PASSWORD HISTORY ${row.history === null ? "DEFAULT" : Number(row.history)}`,
    `PASSWORD REUSE INTERVAL ${row.reuse === null ? "DEFAULT" : `${Number(row.reuse)} DAY`}`,
    `PASSWORD REQUIRE CURRENT${row.requireCurrent === null ? " DEFAULT" : row.requireCurrent === "N" ? " OPTIONAL" : ""}`,
    `FAILED_LOGIN_ATTEMPTS ${Number(row.attempts ?? 0)}`,
    `PASSWORD_LOCK_TIME ${Number(row.lockDays ?? 0) < 0 ? "UNBOUNDED" : Number(row.lockDays ?? 0)}`,
  ].join(" ");
}

function requirement(connection: Connection, { tls, cipher, issuer, subject }: Row): string {
  if (tls === "") return "NONE";
  if (tls === "ANY") return "SSL";
  if (tls === "X509") return "X509";
  const said = [
    ["SUBJECT", subject],
    ["ISSUER", issuer],
    ["CIPHER", cipher],
  ] as const;
  return said
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name} ${connection.escape(value)}`)
    .join(" AND ");
}
