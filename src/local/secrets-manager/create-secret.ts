import { newArn } from "./arn.js";
import { change } from "./change.js";
import { alreadyExists, invalidRequest } from "./errors.js";
import { flag, needed, text } from "./input.js";
import { CURRENT } from "./labels.js";
import { description, kmsKeyId, replicas, secretBinary, secretString, tags, versionId } from "./members.js";
import { checkName } from "./names.js";
import { type Answer, type Context, serviceOperation } from "./operation.js";
import { replicationStatus } from "./replicas.js";
import { addReplicas } from "./replication.js";
import type { Secret, SecretValue } from "./secret.js";
import { withTags } from "./tags.js";
import { now } from "./time.js";
import { addVersion, isStored, neededToken, requestedValue } from "./versions.js";

const members = {
  Name: needed(text({ min: 1, max: 512 })),
  ClientRequestToken: versionId,
  Description: description,
  KmsKeyId: kmsKeyId,
  SecretString: secretString,
  SecretBinary: secretBinary,
  Tags: tags,
  AddReplicaRegions: replicas,
  ForceOverwriteReplicaSecret: flag(),
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export const createSecret = serviceOperation(members, async (context, input) => {
  checkName(input.Name);
  const token = neededToken(input.ClientRequestToken);
  const value = requestedValue(input);

  return context.secrets.aloneOn(input.Name, async (existing) => {
    if (existing) return again(context, existing, token, value);

    const at = now(context.surroundings);
    const empty: Secret = {
      name: input.Name,
      arn: newArn(context.surroundings, input.Name),
      description: input.Description,
      kmsKeyId: input.KmsKeyId,
      tags: withTags(undefined, input.Tags ?? [], owningService(input.Name) !== undefined),
      createdAt: at,
      changedAt: at,
      owningService: owningService(input.Name),
      versions: {},
      labels: {},
      replicas: addReplicas(context, [], input.AddReplicaRegions ?? []),
    };
    const { secret, values } = value
      ? addVersion(context, empty, { versionId: token, value, labels: [CURRENT] })
      : { secret: empty, values: {} };
    await change(context, undefined, secret, values);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: value && token,
      ReplicationStatus: input.AddReplicaRegions && replicationStatus(context, secret.replicas),
    };
  });
});

/** The same request sent twice succeeds twice. */
async function again(context: Context, secret: Secret, token: string, value: SecretValue | undefined): Promise<Answer> {
  if (secret.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (value && (await isStored(context, secret, token, value))) {
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }
  throw alreadyExists(`The operation failed because the secret ${secret.name} already exists.`);
}

/**
 * A service names the secrets it manages with a prefix, `rds!…`. On AWS only the service can make them; here making one
 * is how such a secret comes to be.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
 */
function owningService(name: string): string | undefined {
  return /^([a-z-]+)!/.exec(name)?.[1];
}
