import { KeyturnError } from "../../errors.js";
import type { Account } from "./connect.js";

/** Runs a statement for every account of a user. Throws `UnknownUser` where there is none. */
export async function forEach(
  accounts: readonly Account[],
  work: (account: Account) => Promise<unknown>,
): Promise<void> {
  if (accounts.length === 0) {
    throw new KeyturnError("InvalidSecretError", {
      code: "UnknownUser",
      message: "The database user does not exist on the admin's server.",
    });
  }
  for (const account of accounts) await work(account);
}
