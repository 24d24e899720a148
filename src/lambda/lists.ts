import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { fromAws } from "../aws/errors.js";
import { listSecrets } from "../aws/list-secrets.js";
import { listOfAll } from "../fleet/account-lists.js";
import type { ListSecrets } from "../fleet/page.js";
import { clientIn } from "./account-client.js";
import { log } from "./log.js";
import { rules } from "./rules.js";

/**
 * Of one page of another account's list: when they are used up, the run passes over the rest of that account. With the SDK's pauses
 * that is a quarter of a minute at most, of the function's hundred seconds.
 */
const ATTEMPTS = 6;

/** The list of the deployment's own account, and that of all. Why an account cannot be reached stands in the log. */
export function lists(client: SecretsManagerClient): { readonly own: ListSecrets; readonly all: ListSecrets } {
  const own = listSecrets(client);
  const { accounts } = rules();
  if (!accounts) return { own, all: own };
  const others = accounts.others.filter((account) => account !== accounts.own);
  const all = listOfAll(
    { account: accounts.own, list: own },
    others.map((account) => ({ account, list: listSecrets(listing(clientIn(account, accounts))) })),
    (account, thrown) => {
      const { code, message, cause } = fromAws(thrown, "Listing the account's secrets");
      log.odd({ account, error: { code, message, cause } });
    },
  );
  return { own, all };
}

/** By the same credentials, which stay warm with that one. */
function listing({ config: { credentials } }: SecretsManagerClient): SecretsManagerClient {
  return new SecretsManagerClient({ credentials, maxAttempts: ATTEMPTS });
}
