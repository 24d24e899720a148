import type { Account, Wire } from "../mysql-wire/connect.js";
import type { Known } from "../mysql-wire/dialect.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf({ connection, query }: Wire, user: string): Promise<Known[]> {
  const rows = await query<{ host: string; locked: string }>(
    `SELECT Host AS host, account_locked AS locked FROM mysql.user WHERE ${isText(connection, "User", user)} ORDER BY Host`,
  );
  return rows.map(({ host, locked }) => ({ user, host, locked: locked === "Y" }));
}

export async function setPassword(
  { connection, query }: Wire,
  accounts: readonly Account[],
  password: string,
  clause: "" | " RETAIN CURRENT PASSWORD" | " ACCOUNT LOCK" | " ACCOUNT UNLOCK" = "",
): Promise<void> {
  for (const account of accounts)
    await query(
      `ALTER USER ${quoteAccount(connection, account)} IDENTIFIED BY ${connection.escape(password)}${clause}`,
    );
}
