import { secretDetails } from "../../aws/overview/details.js";
import { secretStore } from "../../aws/secret-store.js";
import { identityPolicy, keyStatement, resourcePolicy } from "../../overview/reader-policy.js";
import type { Answer, Work } from "../command.js";
import { UsageError } from "../failure.js";

export interface PolicyOptions {
  readonly principalArn?: string;
}
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]{1,576})$/;

/** What `keyturn policy` answers. */
export async function policy(work: Work<PolicyOptions>, secretId: string): Promise<Answer> {
  const { principalArn } = work.options;
  if (principalArn !== undefined && !PRINCIPAL.test(principalArn))
    throw new UsageError("--principal-arn must be the ARN of a role, a user or an account's root.");
  const secrets = await work.deployment.secrets();
  const { arn } = await secretStore(secrets).describe(secretId);
  const secret = await secretDetails(secrets, arn);
  const identity = identityPolicy(secret);
  if (principalArn === undefined) return { json: identity, text: () => JSON.stringify(identity, undefined, 2) };
  const key = keyStatement(secret, principalArn);
  const all = {
    identityPolicy: identity,
    resourcePolicy: resourcePolicy(secret, principalArn),
    ...(key ? { keyStatement: key } : {}),
  };
  if (!key)
    work.progress(
      "The secret is under aws/secretsmanager, which another account cannot use: give it a key of your own first.",
    );
  return { json: all, text: () => JSON.stringify(all, undefined, 2) };
}
