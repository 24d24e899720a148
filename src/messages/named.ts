import { accountOf } from "../rotation/accounts.js";

const SECRET = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]{1,600}$/;

/** Whether an ARN is that of a secret, and not what a requester wrote for one. */
export function isSecretArn(text: string): boolean {
  return SECRET.test(text);
}

/** What people are to call a secret. */
export interface Named {
  readonly shown: string;
  /** As a command takes it, not yet quoted for a shell. */
  readonly typed: string;
}

/**
 * A secret's name before people, and in a command of theirs. `secretName`: as AWS said it, or a record has it; without it the
 * name is read out of the ARN. `at`: an ARN of the deployment, such as an execution's. A name alone stands for a secret of the
 * deployment's own account and region, so one of another account is shown with that, one of another region by its ARN, and
 * each is typed by its ARN: whoever types what is shown must not reach the deployment's namesake. `undefined`: nothing is known
 * of it but what somebody wrote.
 */
export function named(
  { secretArn, secretName }: { readonly secretArn: string; readonly secretName?: string | undefined },
  at: string,
): Named | undefined {
  if (!isSecretArn(secretArn)) return secretName ? { shown: secretName, typed: secretName } : undefined;
  const name = secretName ?? nameIn(secretArn);
  const account = accountOf(secretArn);
  // Records have it with its account already.
  if (account !== accountOf(at))
    return { shown: name.startsWith(`${account}:`) ? name : `${account}:${name}`, typed: secretArn };
  return regionOf(secretArn) === regionOf(at) ? { shown: name, typed: name } : { shown: secretArn, typed: secretArn };
}

/** Behind the name Secrets Manager puts six characters of its own. */
function nameIn(secretArn: string): string {
  return secretArn.slice(secretArn.indexOf(":secret:") + ":secret:".length).replace(/-[A-Za-z0-9]{6}$/, "");
}

function regionOf(arn: string): string | undefined {
  return arn.split(":")[3];
}
