import { secretDetails } from "../../aws/overview/details.js";
import { secretStore } from "../../aws/secret-store.js";
import { identityPolicy, keyStatement, resourcePolicy } from "../../overview/reader-policy.js";
import { answering, command, type MakeCommand } from "../command.js";
import { UsageError } from "../failure.js";

interface Options {
  readonly principalArn?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]{1,576})$/;

/** `keyturn policy shop/orders > policy.json` */
export const policy: MakeCommand = (host, exit) =>
  command("policy <secret>", {
    summary: "the IAM policy to read exactly one secret",
    description:
      "Prints the policy for the application's role: to read this secret, and to have it decrypted where it is under a key of your own. With --principal-arn what the secret and its key must say besides, for a role of another account.",
    examples: [
      ["keyturn policy shop/orders > policy.json", "for aws iam put-role-policy --policy-document file://policy.json"],
      ["keyturn policy shop/orders --principal-arn arn:aws:iam::210987654321:role/orders", "for another account"],
    ],
  })
    .option("--principal-arn <arn>", "a role, a user or an account that is another's: what to put on secret and key")
    .action(
      answering<Options>(host, exit, async (work, secretId = "") => {
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
      }),
    );
