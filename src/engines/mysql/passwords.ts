import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { atLeast } from "./version.js";

export const RETAIN = " RETAIN CURRENT PASSWORD";

/** As an admin. */
export async function setPassword(
  { connection, query }: Wire,
  accounts: readonly Account[],
  password: string,
  clause: "" | typeof RETAIN | " ACCOUNT LOCK" | " ACCOUNT UNLOCK" = "",
): Promise<void> {
  for (const account of accounts)
    await query(
      `ALTER USER ${quoteAccount(connection, account)} IDENTIFIED BY ${connection.escape(password)}${clause}`,
    );
}

/**
 * Changes the password of the session's own login, which was opened with `current`; servers may want that again. The
 * account's plugin stays as it is. MySQL masks passwords in its own logs. What REPLACE takes is the primary password, which is
 * not the one that logged in where a rotation left another: then it is left out, which accounts that PASSWORD REQUIRE CURRENT
 * refuse.
 */
export function ownPassword(wire: Wire, current: string) {
  let known = current;
  return async function change(password: string, retain: "" | typeof RETAIN = ""): Promise<void> {
    const { connection, query, serverVersion } = wire;
    const alter = (replace: string) =>
      query(`ALTER USER USER() IDENTIFIED BY ${connection.escape(password)}${replace}${retain}`);
    const replace = atLeast(serverVersion, 8, 0, 13) ? ` REPLACE ${connection.escape(known)}` : "";
    await alter(replace).catch((error: { errno?: number }) => {
      if (error.errno !== NOT_THE_PRIMARY) throw error;
      return alter("");
    });
    known = password;
  };
}

/** https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html#error_er_incorrect_current_password */
const NOT_THE_PRIMARY = 3891;

/** Where a history of passwords is kept the current one cannot be set again: then it is taken to be the primary. */
export async function unlessRemembered(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as { errno?: number }).errno !== REMEMBERED) throw error;
  }
}

/** https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html#error_er_credentials_contradict_to_history */
const REMEMBERED = 3638;
