import { change } from "./change.js";
import { CURRENT, labelsOf } from "./labels.js";
import { description, kmsKeyId, secretBinary, secretString, versionId } from "./members.js";
import { type Answer, type Context, deletedSecretOperation, refuseManaged, secretOperation } from "./operation.js";
import { replicationStatus } from "./replicas.js";
import { windowAfter } from "./rotation-schedule.js";
import type { Secret } from "./secret.js";
import { tagList } from "./tags.js";
import { addVersion, isStored, neededToken, requestedValue } from "./versions.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
export const describeSecret = deletedSecretOperation({}, async (context, secret) => ({
  ...commonDetails(context, secret),
  VersionIdsToStages: versionsToStages(secret),
  ReplicationStatus: secret.replicas.length > 0 ? replicationStatus(context, secret.replicas) : undefined,
}));

/** An entry of ListSecrets: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html */
export function secretListEntry(context: Context, secret: Secret): Answer {
  return { ...commonDetails(context, secret), SecretVersionsToStages: versionsToStages(secret) };
}

function commonDetails({ surroundings }: Context, secret: Secret): Answer {
  const { rotation } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.lambdaArn,
    RotationRules: rotation?.rules,
    LastRotatedDate: rotation?.rotatedAt,
    NextRotationDate: nextRotation(secret),
    LastChangedDate: secret.changedAt,
    LastAccessedDate: secret.accessedAt,
    DeletedDate: secret.deletedAt,
    Tags: tagList(secret.tags),
    OwningService: secret.owningService,
    CreatedDate: secret.createdAt,
    PrimaryRegion: secret.replicas.length > 0 ? surroundings.region : undefined,
  };
}

/** A value put by hand counts as a rotation where the schedule is in days since the last. */
function nextRotation({ rotation, labels, versions }: Secret): number | undefined {
  if (!rotation?.enabled) return undefined;
  const { rules, since } = rotation;
  const current = versions[labels[CURRENT] ?? ""]?.createdAt ?? 0;
  return windowAfter(rules, rules.AutomaticallyAfterDays === undefined ? since : Math.max(since, current));
}

/** Versions with labels only; left out, as on AWS, where there are none. */
function versionsToStages({ versions, labels }: Secret): Record<string, string[]> | undefined {
  const all = Object.keys(versions).map((id) => [id, labelsOf(labels, id)] as const);
  const labelled = all.filter(([, stages]) => stages.length > 0);
  return labelled.length > 0 ? Object.fromEntries(labelled) : undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html */
export const updateSecret = secretOperation(
  {
    ClientRequestToken: versionId,
    Description: description,
    KmsKeyId: kmsKeyId,
    SecretString: secretString,
    SecretBinary: secretBinary,
  },
  async (context, secret, input) => {
    refuseManaged(secret);
    const token = neededToken(input.ClientRequestToken);
    const value = requestedValue(input);
    const described: Secret = {
      ...secret,
      description: input.Description ?? secret.description,
      kmsKeyId: input.KmsKeyId ?? secret.kmsKeyId,
    };
    const isNew = value && !(await isStored(context, secret, token, value));
    const { secret: updated, values } = isNew
      ? addVersion(context, described, { versionId: token, value, labels: [CURRENT] })
      : { secret: described, values: {} };
    await change(context, secret, updated, values);
    return { ARN: secret.arn, Name: secret.name, VersionId: value && token };
  },
);
