import { forEach } from "../mysql-wire/accounts.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteAccount } from "../mysql-wire/quote.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf(wire: Wire, user: string): Promise<Account[]> {
  const rows = await wire.query<{ host: string }>(
    `SELECT Host AS host FROM mysql.user WHERE User = ${wire.connection.escape(user)} ORDER BY Host`,
  );
  return rows.map(({ host }) => ({ user, host }));
}

/** Throws `UnknownUser` for no account. */
export function setPassword(
  wire: Wire,
  accounts: readonly Account[],
  password: string,
  clause: "" | " RETAIN CURRENT PASSWORD" | " ACCOUNT LOCK" | " ACCOUNT UNLOCK" = "",
): Promise<void> {
  const { connection, query } = wire;
  return forEach(accounts, (account) =>
    query(`ALTER USER ${quoteAccount(connection, account)} IDENTIFIED BY ${connection.escape(password)}${clause}`),
  );
}

/** An account as SHOW CREATE USER has it, taken apart. */
export interface Definition {
  /** `caching_sha2_password` */
  readonly plugin: string;
  /** `` `role`@`%` ``, or `NONE`. */
  readonly defaultRole: string;
  /** Requirements, limits, expiry and history, from `REQUIRE` on. */
  readonly options: string;
}

/** The hash is asked for as hexadecimal digits: as text it may hold any byte. */
export async function definitionOf(wire: Wire, account: Account): Promise<Definition> {
  await wire.query("SET SESSION print_identified_with_as_hex = ON");
  const [row = {}] = await wire.query<Record<string, string>>(
    `SHOW CREATE USER ${quoteAccount(wire.connection, account)}`,
  );
  const text = Object.values(row)[0] ?? "";
  const [, plugin = "caching_sha2_password"] = / IDENTIFIED WITH '([^']+)'/.exec(text) ?? [];
  const [, defaultRole = "NONE"] = / DEFAULT ROLE (.*?) REQUIRE /s.exec(text) ?? [];
  const [, options = "REQUIRE NONE"] = / (REQUIRE .*?)(?: (?:ATTRIBUTE|COMMENT) '.*)?$/s.exec(text) ?? [];
  return { plugin, defaultRole, options };
}
