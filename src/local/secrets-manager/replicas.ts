import type { Answer, Context } from "./operation.js";
import type { Replica, Secret } from "./secret.js";
import { now } from "./time.js";

/** Every replica has to catch up with a change of its primary, which takes it `replicaDelayMs`. */
export function lagging(context: Context, secret: Secret): Secret {
  const inSyncAt = now(context.surroundings) + context.replicaDelayMs / 1000 / context.surroundings.speed;
  return { ...secret, replicas: secret.replicas.map((replica) => ({ ...replica, inSyncAt })) };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html */
export function replicationStatus({ surroundings }: Context, replicas: readonly Replica[]): Answer[] {
  return replicas.map(({ region, kmsKeyId, inSyncAt }) => {
    const inSync = now(surroundings) >= inSyncAt;
    return {
      Region: region,
      KmsKeyId: kmsKeyId ?? "alias/aws/secretsmanager",
      Status: inSync ? "InSync" : "InProgress",
      StatusMessage: inSync ? "Replication succeeded" : "Replication in progress",
    };
  });
}
