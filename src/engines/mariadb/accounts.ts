import { forEach } from "../mysql-wire/accounts.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { nativeVerifier } from "./verifier.js";

/** Every account of that name: `app@10.%` and `app@%` are two, and applications may use either. */
export async function accountsOf(wire: Wire, user: string): Promise<Account[]> {
  const rows = await wire.query<{ host: string }>(
    `SELECT Host AS host FROM mysql.user WHERE User = ${wire.connection.escape(user)} AND is_role = 'N' ORDER BY Host`,
  );
  return rows.map(({ host }) => ({ user, host }));
}

/** Sets the passwords, of which a login may have two that are valid at once. Throws `UnknownUser` for no account. */
export function setPassword(
  wire: Wire,
  accounts: readonly Account[],
  passwords: readonly string[],
  clause: "" | " ACCOUNT LOCK" | " ACCOUNT UNLOCK" = "",
): Promise<void> {
  return forEach(accounts, async (account) => {
    const { methods } = await definitionOf(wire, account);
    const name = quoteAccount(wire.connection, account);
    await wire.query(`ALTER USER ${name} IDENTIFIED VIA ${withPassword(methods, ...passwords)}${clause}`);
  });
}

/** An account as SHOW CREATE USER has it, taken apart. */
export interface Definition {
  /** `mysql_native_password USING '*…' OR unix_socket` */
  readonly methods: string;
  /** `REQUIRE SSL WITH MAX_USER_CONNECTIONS 5 PASSWORD EXPIRE NEVER`; empty for none. */
  readonly options: string;
}

export async function definitionOf(wire: Wire, account: Account): Promise<Definition> {
  const [row = {}] = await wire.query<Record<string, string>>(
    `SHOW CREATE USER ${quoteAccount(wire.connection, account)}`,
  );
  const text = Object.values(row)[0] ?? "";
  const [, identified = "", options = ""] =
    /^CREATE USER `(?:[^`]|``)*`@`(?:[^`]|``)*`(?: IDENTIFIED (.*?))?((?: REQUIRE .*| WITH MAX_.*| ACCOUNT .*| PASSWORD (?:EXPIRE|REUSE).*)?)$/s.exec(
      text,
    ) ?? [];
  return {
    methods: identified.replace(/^BY PASSWORD /, "mysql_native_password USING ").replace(/^VIA /, ""),
    options: options.trim(),
  };
}

/** The ways to log in, the native ones replaced by these passwords; the others, `unix_socket` for one, stay. */
export function withPassword(methods: string, ...passwords: readonly string[]): string {
  const native = [...new Set(passwords)].map((password) => `mysql_native_password USING '${nativeVerifier(password)}'`);
  const ways = methods === "" ? [] : methods.split(/ OR /);
  const isNative = (way: string) => /^(mysql_native_password|ed25519)\b/.test(way);
  const at = ways.findIndex(isNative);
  const others = ways.filter((way) => !isNative(way));
  return others.toSpliced(Math.max(at, 0), 0, ...native).join(" OR ");
}
