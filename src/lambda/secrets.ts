import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { secretsByAccount } from "../aws/accounts/secrets.js";
import { secretStore } from "../aws/secret-store.js";
import type { SecretStore } from "../rotation/ports.js";
import { clientIn } from "./account-client.js";
import { rules } from "./rules.js";

/** The secrets of the deployment's own account, and of the others that keyturn.yml names. */
export function secrets(client = new SecretsManagerClient({})): SecretStore {
  const own = secretStore(client);
  const { accounts } = rules();
  return accounts ? secretsByAccount(own, accounts, (account) => secretStore(clientIn(account, accounts))) : own;
}
