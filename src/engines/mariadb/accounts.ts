import { KeyturnError } from "../../errors.js";
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

/** Throws `UnknownUser` for none. */
export async function setPassword(wire: Wire, accounts: readonly Account[], password: string): Promise<void> {
  if (accounts.length === 0) {
    throw new KeyturnError("InvalidSecretError", {
      code: "UnknownUser",
      message: "The database user does not exist on the admin's server.",
    });
  }
  for (const account of accounts) {
    const { methods } = await definitionOf(wire, account);
    await wire.query(
      `ALTER USER ${quoteAccount(wire.connection, account)} IDENTIFIED VIA ${withPassword(methods, password)}`,
    );
  }
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

/** The ways to log in, with the password of the native one set; the others, `unix_socket` for one, stay. */
export function withPassword(methods: string, password: string): string {
  const native = `mysql_native_password USING '${nativeVerifier(password)}'`;
  const ways = methods === "" ? [] : methods.split(/ OR /);
  const at = ways.findIndex((way) => /^(mysql_native_password|ed25519)\b/.test(way));
  if (at < 0) return [native, ...ways].join(" OR ");
  return ways.map((way, index) => (index === at ? native : way)).join(" OR ");
}
