import { createHash } from "node:crypto";

/**
 * The version that an execution writes, in the form of a UUID. Made from the execution's ARN, so that a retry, a
 * redrive and the recovery of the same execution all speak of the same version; and from the secret's `seed`, which only the
 * ledger knows, so that nobody can store that version beforehand: names of executions can be chosen, and are seen.
 * Secrets Manager takes 32 to 64 characters:
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function versionIdOf(seed: string, executionArn: string): string {
  const hash = createHash("sha256").update(`${seed} ${executionArn}`).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
