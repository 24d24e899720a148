import type { Connection } from "mysql2/promise";
import type { PasswordReport } from "../engine.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { definitionOf, isOfPassword, NATIVE, type Way } from "./definition.js";
import { nativeVerifier } from "./verifier.js";

/** As an admin: sets the passwords, of which a login may have two that are valid at once. */
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

/**
 * Of the session's own login. SET PASSWORD keeps the account's other ways to log in. One that is not of the native kind needs
 * the clear password.
 */
export async function setOwnPassword(wire: Wire, password: string): Promise<PasswordReport> {
  const { connection, query } = wire;
  const [first] = (await definitionOf(wire)).ways;
  if (first?.plugin === NATIVE) {
    await query(`SET PASSWORD = ${connection.escape(nativeVerifier(password))}`);
    return { sentAs: "verifier" };
  }
  await query(`SET PASSWORD = PASSWORD(${connection.escape(password)})`);
  return { sentAs: "clear text" };
}

/** The ways to log in, the native ones replaced by these passwords; the others, `unix_socket` for one, stay. */
export function withPassword(connection: Connection, ways: readonly Way[], ...passwords: readonly string[]): string {
  const native = [...new Set(passwords)].map((password) => ({ plugin: NATIVE, using: nativeVerifier(password) }));
  const at = ways.findIndex(isOfPassword);
  const others = ways.filter((way) => !isOfPassword(way));
  return others
    .toSpliced(Math.max(at, 0), 0, ...native)
    .map(({ plugin, using }) => (using === undefined ? plugin : `${plugin} USING ${connection.escape(using)}`))
    .join(" OR ");
}
