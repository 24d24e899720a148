import { KeyturnError } from "../errors.js";
import type { Rules } from "./rules.js";

type Accounts = Pick<Rules, "accounts">;

/** The AWS account of a secret, by its ARN; `undefined` for a name, which is always one of the deployment's own account. */
export function accountOf(secretId: string): string | undefined {
  return secretId.startsWith("arn:") ? secretId.split(":")[4] : undefined;
}

/** Whether a secret is of another account than the deployment's own, whether keyturn.yml names that or not. */
export function isElsewhere(secretId: string, { accounts }: Accounts): boolean {
  const account = accountOf(secretId);
  return accounts !== undefined && account !== undefined && account !== accounts.own;
}

/**
 * What a secret is called in records and messages. One of another account has that before its name, with a sign that no name
 * may have, so that none is taken for a secret of the deployment's own account.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export function shownName({ arn, name }: { readonly arn: string; readonly name: string }, rules: Accounts): string {
  return isElsewhere(arn, rules) ? `${accountOf(arn)}:${name}` : name;
}

/**
 * Makes sure that an admin secret is of the account of the secret that names it: an account's owner decides on the admins of
 * that account alone. In another account than the deployment's own it has to be named by its ARN, because a name would be
 * looked up in the deployment's. Throws `AdminOfOtherAccount`.
 */
export function checkAdminAccount(secretArn: string, adminId: string, rules: Accounts): void {
  const account = accountOf(adminId);
  if (account === undefined ? !isElsewhere(secretArn, rules) : account === accountOf(secretArn)) return;
  throw new KeyturnError("AccessDeniedError", {
    code: "AdminOfOtherAccount",
    message:
      `"masterarn" names ${account === undefined ? "a secret by its name" : `a secret of the account ${account}`}, and the ` +
      `secret itself is of the account ${accountOf(secretArn)}. Nobody has logged in with it. Name the ARN of an admin secret ` +
      "of the same account.",
  });
}
