import { change } from "./change.js";
import { invalidParameter, notFound } from "./errors.js";
import { flag, list, needed } from "./input.js";
import { region, replicas } from "./members.js";
import { type Context, secretOperation } from "./operation.js";
import { catchesUpAt, replicationStatus } from "./replicas.js";
import type { Replica } from "./secret.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html */
export const replicateSecretToRegions = secretOperation(
  { AddReplicaRegions: needed(replicas), ForceOverwriteReplicaSecret: flag() },
  async (context, secret, input) => {
    const grown = { ...secret, replicas: addReplicas(context, secret.replicas, input.AddReplicaRegions) };
    await change(context, secret, grown);
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(context, grown.replicas) };
  },
);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RemoveRegionsFromReplication.html */
export const removeRegionsFromReplication = secretOperation(
  { RemoveReplicaRegions: needed(list(region, { min: 1 })) },
  async (context, secret, input) => {
    const removed = input.RemoveReplicaRegions;
    const missing = removed.find((name) => !secret.replicas.some((replica) => replica.region === name));
    if (missing) throw notFound(`Secrets Manager can't find a replica of the secret in Region ${missing}.`);
    const kept = secret.replicas.filter((replica) => !removed.includes(replica.region));
    await context.secrets.save({ ...secret, replicas: kept });
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(context, kept) };
  },
);

/** Throws InvalidParameterException for the primary's own region, and for one that has a replica. */
export function addReplicas(
  context: Context,
  replicas: readonly Replica[],
  added: ReadonlyArray<{ readonly Region: string; readonly KmsKeyId?: string | undefined }>,
): Replica[] {
  const all = [...replicas];
  for (const { Region, KmsKeyId } of added) {
    if (Region === context.surroundings.region) {
      throw invalidParameter(`You can't replicate a secret to its primary Region ${Region}.`);
    }
    if (all.some((replica) => replica.region === Region)) {
      throw invalidParameter(`The secret already has a replica in Region ${Region}.`);
    }
    all.push({ region: Region, kmsKeyId: KmsKeyId, inSyncAt: catchesUpAt(context) });
  }
  return all;
}
