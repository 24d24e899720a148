import { change } from "./change.js";
import { invalidRequest, noSuchLabel, noSuchVersion } from "./errors.js";
import { text } from "./input.js";
import { CURRENT, labelsOf, stagesOf, versionWith } from "./labels.js";
import { label, labels, secretBinary, secretString, versionId } from "./members.js";
import { type Answer, type Context, refuseManaged, secretOperation } from "./operation.js";
import { refuseOtherFunction } from "./rotate-secret.js";
import type { Secret } from "./secret.js";
import { dayOf, now } from "./time.js";
import { addVersion, isStored, neededToken, requestedValue } from "./versions.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export const getSecretValue = secretOperation(
  { VersionId: versionId, VersionStage: label },
  async (context, secret, input) => {
    const { VersionId, VersionStage = CURRENT } = input;
    const id = VersionId ?? versionWith(secret.labels, VersionStage);
    const value = id === undefined ? undefined : await context.secrets.value(secret, id);
    if (id === undefined || value === undefined) throw VersionId ? noSuchVersion(VersionId) : noSuchLabel(VersionStage);
    if (input.VersionStage !== undefined && versionWith(secret.labels, VersionStage) !== id) {
      throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
    }
    await noteAccess(context, secret, id);
    return secretValueEntry(secret, id, value);
  },
);

function secretValueEntry(secret: Secret, id: string, value: object): Answer {
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: id,
    ...value,
    VersionStages: stagesOf(secret.labels, id),
    CreatedDate: secret.versions[id]?.createdAt,
  };
}

/** Written on the first read of a day only, because that is all AWS tells. */
async function noteAccess({ secrets, surroundings }: Context, secret: Secret, id: string): Promise<void> {
  const accessedAt = dayOf(now(surroundings));
  const version = secret.versions[id];
  if (!version || (version.accessedAt === accessedAt && secret.accessedAt === accessedAt)) return;
  await secrets.save({ ...secret, accessedAt, versions: { ...secret.versions, [id]: { ...version, accessedAt } } });
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export const putSecretValue = secretOperation(
  {
    ClientRequestToken: versionId,
    SecretString: secretString,
    SecretBinary: secretBinary,
    VersionStages: labels,
    RotationToken: text({ min: 36, max: 256 }),
  },
  async (context, secret, input) => {
    refuseManaged(secret);
    const token = neededToken(input.ClientRequestToken);
    const value = requestedValue(input);
    if (!value) throw invalidRequest("You must provide either SecretString or SecretBinary.");

    refuseOtherFunction(context.caller, secret, { versionId: token, rotationToken: input.RotationToken });
    let stored = secret;
    if (!(await isStored(context, secret, token, value))) {
      const added = addVersion(context, secret, {
        versionId: token,
        value,
        labels: input.VersionStages ?? [CURRENT],
      });
      stored = added.secret;
      await change(context, secret, stored, added.values);
    }
    return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages: labelsOf(stored.labels, token) };
  },
);
