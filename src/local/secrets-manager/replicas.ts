import type { Answer, Context } from "./operation.js";
import type { Replica, Secret } from "./secret.js";
import { now } from "./time.js";

/** When a replica will have caught up with a change made now, in seconds since 1970. */
export function catchesUpAt({ surroundings, replicaDelayMs }: Context): number {
  return now(surroundings) + replicaDelayMs / 1000 / surroundings.speed;
}

/** Every replica has to catch up with a change of its primary. */
export function lagging(context: Context, secret: Secret): Secret {
  const inSyncAt = catchesUpAt(context);
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
