import type { Account, Wire } from "../mysql-wire/connect.js";
import type { Known } from "../mysql-wire/dialect.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";
import { definitionOf, withPassword } from "./definition.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf(wire: Wire, user: string): Promise<Known[]> {
  const rows = await wire.query<{ host: string }>(
    `SELECT Host AS host FROM mysql.user WHERE ${isText(wire.connection, "User", user)} AND is_role = 'N' ORDER BY Host`,
  );
  const accounts: Known[] = [];
  for (const { host } of rows) {
    const { locked } = await definitionOf(wire, { user, host });
    accounts.push({ user, host, locked });
  }
  return accounts;
}

/** Sets the passwords, of which a login may have two that are valid at once. */
export async function setPassword(
  wire: Wire,
  accounts: readonly Account[],
  passwords: readonly string[],
  clause: "" | " ACCOUNT LOCK" | " ACCOUNT UNLOCK" = "",
): Promise<void> {
  for (const account of accounts) {
    const { ways } = await definitionOf(wire, account);
    const name = quoteAccount(wire.connection, account);
    await wire.query(`ALTER USER ${name} IDENTIFIED VIA ${withPassword(wire.connection, ways, ...passwords)}${clause}`);
  }
}
