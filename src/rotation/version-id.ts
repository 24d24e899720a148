import { createHash } from "node:crypto";

/**
 * The version that an execution writes, in the form of a UUID. Made from the execution's ARN, so that a retry, a
 * redrive and the recovery of the same execution all speak of the same version.
 * Secrets Manager takes 32 to 64 characters:
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function versionIdOf(executionArn: string): string {
  const hash = createHash("sha256").update(executionArn).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
