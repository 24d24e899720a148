import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { credentialsOf } from "../aws/accounts/role.js";
import type { Rules } from "../rotation/rules.js";

/** One for each account, so that its credentials stay warm with the function. */
const clients = new Map<string, SecretsManagerClient>();

/** Secrets Manager of another account, by the role there that is called as the function and its region: infra/accounts.ts. */
export function clientIn(account: string, { partition }: NonNullable<Rules["accounts"]>): SecretsManagerClient {
  const known = clients.get(account);
  if (known) return known;
  const { AWS_LAMBDA_FUNCTION_NAME: name = "", AWS_REGION: region = "" } = process.env;
  const arn = `arn:${partition}:iam::${account}:role/${name}-${region}`;
  const made = new SecretsManagerClient({ credentials: credentialsOf({ arn, session: name }) });
  clients.set(account, made);
  return made;
}
