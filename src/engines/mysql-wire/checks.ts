import { KeyturnError } from "../../errors.js";
import type { Wire } from "./connect.js";
import type { Dialect, Known } from "./dialect.js";
import { isAllPowerful, superuser } from "./superuser.js";

/**
 * The accounts of a login that an admin is to change. Throws, before anything is changed, `UnknownUser` for none,
 * `AdminItself`, `SeveralAccounts` for those that may be of more holders than one (who holds `app@10.%` must not be given
 * the password of `app@%`), and `Superuser`.
 */
export async function othersAccounts(wire: Wire, dialect: Dialect, user: string): Promise<Known[]> {
  if (user === wire.account.user) throw adminItself(user);
  return heldByOne(wire, dialect, user);
}

/** As `othersAccounts`, or those of the session's own login. */
export async function heldByOne(wire: Wire, dialect: Dialect, user: string): Promise<Known[]> {
  const accounts = await dialect.accountsOf(user);
  if (accounts.length === 0) throw unknownUser(user);
  await refuseSeveral(dialect, user, accounts);
  if (user !== wire.account.user) await refuseSuperusers(dialect, accounts);
  return accounts;
}

export async function refuseSuperusers(dialect: Dialect, accounts: readonly Known[]): Promise<void> {
  for (const account of accounts) if (isAllPowerful(await dialect.grantsOf(account))) throw superuser(account.user);
}

export async function refuseSeveral(dialect: Dialect, user: string, accounts: readonly Known[]): Promise<void> {
  if (accounts.length < 2 || (await dialect.areOneLogin(accounts))) return;
  throw new KeyturnError("ConflictError", {
    code: "SeveralAccounts",
    message:
      `The user ${JSON.stringify(user)} has an account for each of ${accounts.length} hosts, which may be those of ` +
      `different people, so an admin does not give them all one password. If they are one login: ${dialect.howToJoin(user)}`,
  });
}

export function adminItself(user: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "AdminItself",
    message:
      `The login to be changed, ${JSON.stringify(user)}, is the admin itself. Name another admin in "masterarn", or ` +
      "none and tag the secret keyturn:strategy = single-user.",
  });
}

export function unknownUser(user: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "UnknownUser",
    message: `The user ${JSON.stringify(user)} does not exist on the admin's server.`,
  });
}
