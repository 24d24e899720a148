import { KeyturnError } from "../../errors.js";
import { accountOf } from "../../rotation/accounts.js";
import type { SecretStore } from "../../rotation/ports.js";
import type { Rules } from "../../rotation/rules.js";

/**
 * The secrets of the deployment's own account and of the others that it serves, each reached in its own: the ARN says which.
 * Throws `AccountNotListed`, before anything is asked, for one of any other account. `storeIn`: made once for each account,
 * when it is first needed.
 */
export function secretsByAccount(
  own: SecretStore,
  accounts: NonNullable<Rules["accounts"]>,
  storeIn: (account: string) => SecretStore,
): SecretStore {
  const stores = new Map<string, SecretStore>([[accounts.own, own]]);

  const storeOf = (secretId: string): SecretStore => {
    const account = accountOf(secretId) ?? accounts.own;
    const known = stores.get(account);
    if (known) return known;
    if (!accounts.others.includes(account)) throw notListed(account);
    const made = storeIn(account);
    stores.set(account, made);
    return made;
  };

  return {
    describe: async (secretId) => storeOf(secretId).describe(secretId),
    current: async (secretArn) => storeOf(secretArn).current(secretArn),
    async currentOf(secretArns) {
      const [first = ""] = secretArns;
      if (new Set(secretArns.map(storeOf)).size > 1) throw mixed();
      return storeOf(first).currentOf(secretArns);
    },
    version: async (secretArn, versionId) => storeOf(secretArn).version(secretArn, versionId),
    putPending: async (secretArn, versionId, value) => storeOf(secretArn).putPending(secretArn, versionId, value),
    moveCurrent: async (secretArn, move) => storeOf(secretArn).moveCurrent(secretArn, move),
    keep: async (secretArn, label, move) => storeOf(secretArn).keep(secretArn, label, move),
    drop: async (secretArn, label, versionId) => storeOf(secretArn).drop(secretArn, label, versionId),
  };
}

function notListed(account: string): KeyturnError {
  return new KeyturnError("AccessDeniedError", {
    code: "AccountNotListed",
    message:
      `The secret is of the account ${account}, which "accounts" in keyturn.yml does not name. Nothing was read. Start it in ` +
      "that account's own deployment; or name the account in the keyturn.yml of this one, deploy, and have its owner deploy the " +
      "roles (docs/accounts.md).",
  });
}

function mixed(): KeyturnError {
  return new KeyturnError("InternalError", {
    code: "MixedAccounts",
    message: "Secrets of two accounts were to be read in one call.",
  });
}
