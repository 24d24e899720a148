import type { Connection } from "mysql2/promise";
import type { Account } from "./connect.js";

/** `'user'@'host'` */
export function quoteAccount(connection: Connection, { user, host }: Account): string {
  return `${connection.escape(user)}@${connection.escape(host)}`;
}

/** A name of a database, a table, a column, a routine or a role. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/**
 * A condition that is true for this very text: as the system tables compare, `app` and `app ` would be one, and so would
 * names be that differ in their case in columns of some kinds.
 */
export function isText(connection: Connection, column: string, text: string): string {
  return `CAST(${column} AS BINARY) = CAST(${connection.escape(text)} AS BINARY)`;
}
