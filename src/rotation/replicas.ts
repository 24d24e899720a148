import { KeyturnError } from "../errors.js";
import type { SecretDescription, SecretStore } from "./ports.js";

/**
 * Every replica region has the newest version, or `ReplicasOutOfSync` is thrown: to be tried again while it is on its way,
 * for good where a region could not take it.
 */
export async function replicasInSync(
  { describe }: Pick<SecretStore, "describe">,
  secretArn: string,
): Promise<{ replicas: number }> {
  const secret = await describe(secretArn);
  refuseFailedReplicas(secret);
  const { replicas, replicasBehind } = secret;
  if (replicasBehind.length === 0) return { replicas };
  throw new KeyturnError("TransientError", {
    code: "ReplicasOutOfSync",
    message:
      `The regions ${replicasBehind.join(", ")} have not taken the new version yet, and until then the database is not ` +
      "changed. That is waited for; where it takes too long, look at the secret's ReplicationStatus and start again.",
  });
}

/** Throws where a region could not take the newest version. */
export function refuseFailedReplicas({ replicasFailed }: Pick<SecretDescription, "replicasFailed">): void {
  if (replicasFailed.length === 0) return;
  throw new KeyturnError("ConflictError", {
    code: "ReplicasOutOfSync",
    message: `The regions ${replicasFailed.join(", ")} could not take the newest version. Look at the secret's ReplicationStatus.`,
  });
}
