import { DescribeSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { fromAws } from "../errors.js";

/** What Secrets Manager says of a secret besides what its status is made of. Times are ISO 8601. */
export interface SecretDetails {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** As it was given: a key's id, ARN or alias. Absent: the account's `aws/secretsmanager`. */
  readonly kmsKey?: string;
  /** Staging labels, by version id. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly replicas: ReadonlyArray<{ readonly region: string; readonly status: string }>;
  readonly createdAt?: string;
  readonly changedAt?: string;
  /** The day on which somebody read its value last. */
  readonly readAt?: string;
  readonly deletedAt?: string;
  /** When Secrets Manager's own schedule rotates it, where that is on. */
  readonly nativeRotationAt?: string;
}

/** No value is read. Throws `KeyturnError`s only. */
export async function secretDetails(client: SecretsManagerClient, SecretId: string): Promise<SecretDetails> {
  try {
    const found = await client.send(new DescribeSecretCommand({ SecretId }));
    const times = {
      createdAt: found.CreatedDate,
      changedAt: found.LastChangedDate,
      readAt: found.LastAccessedDate,
      deletedAt: found.DeletedDate,
      nativeRotationAt: found.RotationEnabled ? found.NextRotationDate : undefined,
    };
    return {
      name: found.Name ?? "",
      arn: found.ARN ?? "",
      ...(found.Description ? { description: found.Description } : {}),
      ...(found.KmsKeyId ? { kmsKey: found.KmsKeyId } : {}),
      versions: found.VersionIdsToStages ?? {},
      tags: Object.fromEntries((found.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
      replicas: (found.ReplicationStatus ?? []).map(({ Region = "", Status = "" }) => ({
        region: Region,
        status: Status,
      })),
      ...Object.fromEntries(Object.entries(times).flatMap(([name, at]) => (at ? [[name, at.toISOString()]] : []))),
    };
  } catch (error) {
    throw fromAws(error, "Looking up the secret");
  }
}
