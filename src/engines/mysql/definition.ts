import type { Connection } from "mysql2/promise";
import type { Account, Wire } from "../mysql-wire/connect.js";
import type { Role } from "../mysql-wire/grant.js";
import { quoteRole } from "../mysql-wire/grant-statements.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";

/** What is said of an account by CREATE USER, besides its name and its passwords. */
export interface Definition {
  /** `caching_sha2_password` */
  readonly plugin: string;
  /** `` `role`@`%` `` */
  readonly defaultRoles: readonly string[];
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
  return {
    plugin: row?.plugin ?? "caching_sha2_password",
    defaultRoles: roles.filter(({ name }) => !marks.includes(name)).map(quoteRole),
    options: row ? optionsOf(connection, row) : "",
  };
}

/**
 * A default role may outlive the grant of the role, or be one that the account has not got: those are left out, and told as
 * statements. The others are found by trying, as there are roles that every account has (`mandatory_roles`).
 */
export async function setDefaultRoles(
  { connection, query }: Wire,
  account: Account,
  roles: readonly string[],
): Promise<string[]> {
  const set = (some: readonly string[]) =>
    query(`ALTER USER ${quoteAccount(connection, account)} DEFAULT ROLE ${some.join(", ") || "NONE"}`);
  const has = async (some: readonly string[]) => {
    try {
      await set(some);
      return true;
    } catch (error) {
      if ((error as { errno?: number }).errno !== NOT_GRANTED) throw error;
      return false;
    }
  };
  if (await has(roles)) return [];
  const granted: string[] = [];
  for (const role of roles) if (await has([role])) granted.push(role);
  await set(granted);
  return roles
    .filter((role) => !granted.includes(role))
    .map((role) => `ALTER USER ${quoteAccount(connection, account)} DEFAULT ROLE ${role}`);
}

/** https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html#error_er_role_not_granted */
const NOT_GRANTED = 3530;

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
