import type { StrategyName, Traits } from "../../engines/engine.js";
import { KeyturnError } from "../../errors.js";
import type { DatabaseSecret } from "../../secrets/format.js";
import type { SecretDescription } from "../ports.js";
import { isRdsProxy, proxyHost } from "../rds-proxy.js";
import type { SkipReason } from "../reasons.js";
import type { RotationRequest } from "../request.js";
import { isNative } from "../rotation-function.js";
import type { Rules } from "../rules.js";
import type { SecretSettings } from "../settings.js";

/**
 * Whether the secret is in Keyturn's hands and this start's; judged before anything else, from tags alone: the list that it was
 * selected from may lag by minutes. Its name and its ARN cannot have changed since.
 */
export function notOurs(
  request: RotationRequest,
  settings: SecretSettings | undefined,
  tags: SecretDescription["tags"],
): SkipReason | undefined {
  if (!settings) return "NotManaged";
  if (request.trigger === "schedule" && request.schedule && request.schedule !== settings.schedule)
    return "OtherSchedule";
  return carries(tags, request.tags ?? {}) ? undefined : "NotSelected";
}

/** Whether all of these are among a secret's tags. Blanks around a value do not count, as in Keyturn's own. */
export function carries(tags: SecretDescription["tags"], wanted: SecretDescription["tags"]): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(tags, key) && tags[key]?.trim() === value.trim());
}

/** Throws where Secrets Manager itself would not let the secret be rotated by us. */
export function refuseForeign(secret: SecretDescription): void {
  if (secret.deletedAt) {
    throw refusal(
      "InvalidSecretError",
      "SecretDeleted",
      "The secret is scheduled for deletion. Restore it, or take its keyturn:schedule tag off.",
    );
  }
  if (secret.owningService) {
    throw refusal(
      "UnsupportedError",
      "ServiceOwned",
      `The secret belongs to the service ${secret.owningService}, which rotates it by itself. Take its keyturn:schedule tag off.`,
    );
  }
  if (secret.replicaOf) {
    throw refusal(
      "UnsupportedError",
      "ReplicaSecret",
      `The secret is a replica. Rotate the original in ${secret.replicaOf}.`,
    );
  }
}

/** Throws where Secrets Manager rotates the secret by a function that is not ours. */
export function refuseOtherFunction(secret: SecretDescription, rules: Pick<Rules, "stage" | "accounts">): void {
  if (!secret.rotationEnabled || isNative(secret, rules)) return;
  throw refusal(
    "ConflictError",
    "NativeRotationOn",
    "Secrets Manager's own rotation is on for the secret, by another function, and two would undo each other. " +
      "Turn it off first: aws secretsmanager cancel-rotate-secret --secret-id <secret>",
  );
}

/** The strategy that a secret asks for. Throws where the secret cannot be rotated in that way. */
export function strategyFor(
  secret: DatabaseSecret,
  description: SecretDescription,
  settings: SecretSettings,
  traits: Pick<Traits, "dualPassword">,
): StrategyName {
  const strategy = settings.strategy ?? (secret.adminSecretArn ? "alternating-users" : "single-user");
  if (secret.adminSecretArn === description.arn || secret.adminSecretArn === description.name) {
    throw refusal(
      "InvalidSecretError",
      "OwnAdmin",
      '"masterarn" names the secret itself. Name the secret of an admin there.',
    );
  }
  if (strategy === "alternating-users" && !secret.adminSecretArn) {
    throw refusal(
      "InvalidSecretError",
      "MissingKey",
      'Alternating users need an admin: put the ARN of its secret into the secret as "masterarn".',
    );
  }
  if (strategy === "dual-password" && !traits.dualPassword) {
    throw refusal(
      "UnsupportedError",
      "NoDualPassword",
      "This engine has no second password for a login. Tag the secret keyturn:strategy = alternating-users.",
    );
  }
  if (isRdsProxy(secret.host)) throw proxyHost(strategy);
  return strategy;
}

/** What `SKIP_REASONS` are to skips, these are to errors. */
function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
