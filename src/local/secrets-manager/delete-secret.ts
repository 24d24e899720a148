import { nameIn, newArn } from "./arn.js";
import { invalidParameter, invalidRequest } from "./errors.js";
import { flag, integer, needed } from "./input.js";
import { secretId } from "./members.js";
import { type Answer, type Context, deletedSecretOperation, refuseManaged, serviceOperation } from "./operation.js";
import type { Secret } from "./secret.js";
import { DAY, now } from "./time.js";

const DEFAULT_WINDOW_DAYS = 30;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export const deleteSecret = serviceOperation(
  { SecretId: needed(secretId), RecoveryWindowInDays: integer(), ForceDeleteWithoutRecovery: flag() },
  async (context, input) => {
    const { RecoveryWindowInDays: days = DEFAULT_WINDOW_DAYS, ForceDeleteWithoutRecovery: force } = input;
    if (force && input.RecoveryWindowInDays !== undefined) {
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    if (days < 7 || days > 30) {
      throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    if (force && !(await context.secrets.find(input.SecretId))) return deletedBefore(context, input.SecretId);
    return context.secrets.alone(input.SecretId, (secret) => {
      refuseManaged(secret);
      refuseReplicated(secret);
      return force ? remove(context, secret) : schedule(context, secret, days);
    });
  },
);

/**
 * "If you forcibly delete an already deleted or nonexistent secret, the operation does not return
 * ResourceNotFoundException": so that it can be tried again.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html#SecretsManager-DeleteSecret-request-ForceDeleteWithoutRecovery
 */
function deletedBefore({ surroundings }: Context, id: string): Answer {
  const named = id.startsWith("arn:")
    ? { ARN: id, Name: nameIn(id).name }
    : { ARN: newArn(surroundings, id), Name: id };
  return { ...named, DeletionDate: now(surroundings) };
}

async function remove(context: Context, secret: Secret): Promise<Answer> {
  await context.secrets.remove(secret);
  return { ARN: secret.arn, Name: secret.name, DeletionDate: now(context.surroundings) };
}

async function schedule(context: Context, secret: Secret, days: number): Promise<Answer> {
  if (secret.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't perform this operation on the secret because it was already scheduled for deletion.",
    );
  }
  const deletedAt = now(context.surroundings) + (days * DAY) / context.surroundings.speed;
  await context.secrets.save({ ...secret, deletedAt });
  return { ARN: secret.arn, Name: secret.name, DeletionDate: deletedAt };
}

function refuseReplicated({ replicas }: Secret): void {
  if (replicas.length === 0) return;
  const regions = replicas.map(({ region }) => region).join(", ");
  throw invalidRequest(`You can't delete a secret that is replicated to other Regions: ${regions}. Remove them first.`);
}

/**
 * Succeeds also on a secret that does not await deletion.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html
 */
export const restoreSecret = deletedSecretOperation({}, async (context, secret) => {
  if (secret.deletedAt !== undefined) await context.secrets.save({ ...secret, deletedAt: undefined });
  return { ARN: secret.arn, Name: secret.name };
});
