import { isElsewhere } from "./accounts.js";
import type { SecretDescription } from "./ports.js";
import type { Rules } from "./rules.js";

/** What says of a secret whether Secrets Manager rotates it, and by which function. */
type Rotated = Pick<SecretDescription, "arn" | "rotationEnabled" | "rotationFunction" | "rotationDays">;

/** The function of this deployment that Secrets Manager invokes, in the secret's region and account; as serverless.yml names it. */
export function rotationFunctionOf(secretArn: string, { stage }: Pick<Rules, "stage">): string {
  const [, partition, , region, account] = secretArn.split(":");
  return `arn:${partition}:lambda:${region}:${account}:function:keyturn-${stage}-rotate-natively`;
}

/**
 * Whether Secrets Manager's own rotation is on for the secret, by this deployment's function. In another account a function may
 * be called the same, and is not ours.
 */
export function isNative(secret: Rotated, rules: Pick<Rules, "stage" | "accounts">): boolean {
  if (isElsewhere(secret.arn, rules)) return false;
  return secret.rotationEnabled && secret.rotationFunction === rotationFunctionOf(secret.arn, rules);
}

/**
 * What Secrets Manager is told where Keyturn's schedule counts: the most days that it takes. Each rotation begins to count
 * anew, so it comes only where Keyturn has rotated nothing for so long.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
 */
export const NEVER_BY_ITSELF_DAYS = 1000;

/** Whether Secrets Manager's schedule counts, and not Keyturn's. */
export function hasNativeSchedule(secret: Rotated, rules: Pick<Rules, "stage" | "accounts">): boolean {
  return isNative(secret, rules) && secret.rotationDays !== NEVER_BY_ITSELF_DAYS;
}
