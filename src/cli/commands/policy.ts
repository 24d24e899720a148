import { answering, command, type MakeCommand } from "../command.js";
import type { PolicyOptions } from "../looking/policy.js";

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
      answering<PolicyOptions>(host, exit, async (work, secretId = "") =>
        (await import("../looking/policy.js")).policy(work, secretId),
      ),
    );
