import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { credentialsOf } from "../aws/accounts/role.js";
import { secretsByAccount } from "../aws/accounts/secrets.js";
import { fromAws } from "../aws/errors.js";
import { listSecrets } from "../aws/list-secrets.js";
import { secretStore } from "../aws/secret-store.js";
import { listOfAll } from "../fleet/accounts.js";
import type { ListSecrets } from "../fleet/page.js";
import type { SecretStore } from "../rotation/ports.js";
import { log } from "./log.js";
import { rules } from "./rules.js";

/** The secrets of the deployment's own account, and of the others that keyturn.yml names: there by the function's role of the same name. */
export function secrets(client = new SecretsManagerClient({})): SecretStore {
  const own = secretStore(client);
  const { accounts } = rules();
  return accounts ? secretsByAccount(own, accounts, (account) => secretStore(clientIn(account))) : own;
}

/** The list of them, account by account. One that cannot be reached stands in the log. */
export function listed(client = new SecretsManagerClient({})): ListSecrets {
  const own = listSecrets(client);
  const { accounts } = rules();
  if (!accounts) return own;
  return listOfAll(
    { account: accounts.own, list: own },
    accounts.others
      .filter((account) => account !== accounts.own)
      .map((account) => ({ account, list: listSecrets(clientIn(account)) })),
    (account, error) => {
      const { code, message, cause } = fromAws(error, "Listing the account's secrets");
      log.odd({ account, error: { code, message, cause } });
    },
  );
}

/** One for each account, so that its credentials stay warm with the function. */
const clients = new Map<string, SecretsManagerClient>();

/** Secrets Manager of another account. */
function clientIn(account: string): SecretsManagerClient {
  const known = clients.get(account);
  if (known) return known;
  const { AWS_LAMBDA_FUNCTION_NAME: name = "", AWS_REGION: region = "" } = process.env;
  const arn = `arn:${partitionOf(region)}:iam::${account}:role/${name}-${region}`;
  const made = new SecretsManagerClient({ credentials: credentialsOf({ arn, session: name }) });
  clients.set(account, made);
  return made;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
