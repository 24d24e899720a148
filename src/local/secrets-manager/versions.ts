import { alreadyExists, invalidParameter, invalidRequest } from "./errors.js";
import { attachLabels, CURRENT, labelsOf } from "./labels.js";
import type { Context } from "./operation.js";
import type { Secret, SecretValue } from "./secret.js";
import type { ValueChange } from "./secrets.js";
import { DAY, now } from "./time.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const VERSIONS_KEPT = 100;

/** The value in a request, if it has one. Throws when it has both kinds. */
export function requestedValue(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): SecretValue | undefined {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (input.SecretString !== undefined) return { SecretString: input.SecretString };
  if (input.SecretBinary !== undefined) return { SecretBinary: input.SecretBinary };
  return undefined;
}

/** The version id a request brings with it. The SDKs always send one. */
export function neededToken(token: string | undefined): string {
  if (token === undefined) {
    throw invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }
  return token;
}

/**
 * Whether this version already has this very value, so that there is nothing to do. Throws ResourceExistsException when
 * it has another: a version is never changed. A version that RotateSecret left empty may still be filled.
 */
export async function isStored(
  { secrets }: Context,
  secret: Secret,
  versionId: string,
  value: SecretValue,
): Promise<boolean> {
  const stored = await secrets.value(secret, versionId);
  if (stored === undefined) return false;
  if (JSON.stringify(stored) === JSON.stringify(value)) return true;
  throw alreadyExists(
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

/** The secret with a new version, and the values to write with it. The first version of a secret is AWSCURRENT. */
export function addVersion(
  { surroundings }: Context,
  secret: Secret,
  { versionId, value, labels }: { versionId: string; value?: SecretValue | undefined; labels: readonly string[] },
): { secret: Secret; values: ValueChange } {
  const at = now(surroundings);
  const isFirst = Object.keys(secret.versions).length === 0;
  const added = isFirst && value ? [...labels, CURRENT] : labels;
  const grown: Secret = {
    ...secret,
    versions: { ...secret.versions, [versionId]: { createdAt: at } },
    labels: attachLabels(secret.labels, added, versionId),
  };
  const dropped = surplus(grown, at - DAY / surroundings.speed);
  return {
    secret: { ...grown, versions: omit(grown.versions, dropped) },
    values: { stored: value && { versionId, value }, dropped },
  };
}

/** Versions beyond the hundred newest, if they have no label and were made before `since`. */
function surplus(secret: Secret, since: number): string[] {
  const ids = Object.keys(secret.versions);
  return ids.slice(0, Math.max(0, ids.length - VERSIONS_KEPT)).filter((id) => {
    return labelsOf(secret.labels, id).length === 0 && (secret.versions[id]?.createdAt ?? since) < since;
  });
}

/** The secret without a version, its labels and its value. */
export function withoutVersion(secret: Secret, versionId: string): { secret: Secret; values: ValueChange } {
  const labels = Object.fromEntries(Object.entries(secret.labels).filter(([, id]) => id !== versionId));
  return {
    secret: { ...secret, versions: omit(secret.versions, [versionId]), labels },
    values: { dropped: [versionId] },
  };
}

function omit<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
