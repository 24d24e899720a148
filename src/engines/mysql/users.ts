import type { Wire } from "../mysql-wire/connect.js";
import type { KnownAccount } from "../mysql-wire/dialect.js";
import { isText } from "../mysql-wire/quote.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf({ connection, query }: Wire, user: string): Promise<KnownAccount[]> {
  const rows = await query<{ host: string; locked: string }>(
    `SELECT Host AS host, account_locked AS locked FROM mysql.user WHERE ${isText(connection, "User", user)} ORDER BY Host`,
  );
  return rows.map(({ host, locked }) => ({ user, host, locked: locked === "Y" }));
}
