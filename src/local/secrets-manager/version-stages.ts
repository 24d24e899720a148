import { change } from "./change.js";
import { noSuchVersion } from "./errors.js";
import { flag, needed } from "./input.js";
import { moveLabel, stagesOf } from "./labels.js";
import { label, maxResults, nextToken, versionId } from "./members.js";
import { deletedSecretOperation, refuseManaged, secretOperation } from "./operation.js";
import { page } from "./paging.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
export const updateSecretVersionStage = secretOperation(
  { VersionStage: needed(label), RemoveFromVersionId: versionId, MoveToVersionId: versionId },
  async (context, secret, input) => {
    refuseManaged(secret);
    const { RemoveFromVersionId: from, MoveToVersionId: to } = input;
    for (const id of [from, to]) {
      if (id !== undefined && !secret.versions[id]) throw noSuchVersion(id);
    }
    const labels = moveLabel(secret.labels, { label: input.VersionStage, from, to });
    if (labels !== secret.labels) await change(context, secret, { ...secret, labels });
    return { ARN: secret.arn, Name: secret.name };
  },
);

/**
 * Versions with a value only: one that RotateSecret left empty is in DescribeSecret. A version without labels has no
 * VersionStages.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
 */
export const listSecretVersionIds = deletedSecretOperation(
  { MaxResults: maxResults(100), NextToken: nextToken, IncludeDeprecated: flag() },
  async (context, secret, input) => {
    const all = await Promise.all(
      Object.entries(secret.versions).map(async ([id, version]) => {
        const isEmpty = (await context.secrets.value(secret, id)) === undefined;
        return { id, ...version, isEmpty };
      }),
    );
    const filled = all.filter(({ isEmpty }) => !isEmpty);
    const versions = filled.map(({ id, createdAt, accessedAt }) => ({
      VersionId: id,
      VersionStages: stagesOf(secret.labels, id),
      LastAccessedDate: accessedAt,
      CreatedDate: createdAt,
      KmsKeyIds: [secret.kmsKeyId ?? "DefaultEncryptionKey"],
    }));
    const shown = versions.filter(({ VersionStages }) => input.IncludeDeprecated || VersionStages !== undefined);
    const { items, next } = page(shown, ({ VersionId }) => VersionId, input);
    return { ARN: secret.arn, Name: secret.name, Versions: items, NextToken: next };
  },
);
