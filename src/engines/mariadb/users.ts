import type { Wire } from "../mysql-wire/connect.js";
import type { KnownAccount } from "../mysql-wire/dialect.js";
import { isText } from "../mysql-wire/quote.js";
import { definitionOf } from "./definition.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf(wire: Wire, user: string): Promise<KnownAccount[]> {
  const rows = await wire.query<{ host: string }>(
    `SELECT Host AS host FROM mysql.user WHERE ${isText(wire.connection, "User", user)} AND is_role = 'N' ORDER BY Host`,
  );
  const accounts: KnownAccount[] = [];
  for (const { host } of rows) {
    const { locked } = await definitionOf(wire, { user, host });
    accounts.push({ user, host, locked });
  }
  return accounts;
}
