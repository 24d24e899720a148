import type { Connection } from "mysql2/promise";
import type { Account } from "./connect.js";

/** `'user'@'host'` */
export function quoteAccount(connection: Connection, { user, host }: Account): string {
  return `${connection.escape(user)}@${connection.escape(host)}`;
}
