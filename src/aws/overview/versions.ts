import { ListSecretVersionIdsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { fromAws } from "../errors.js";

/** A version of a secret, without its value. */
export interface SecretVersion {
  readonly id: string;
  readonly labels: readonly string[];
  readonly createdAt?: Date;
}

/**
 * Those that carry a label, at most a hundred, the newest first; Secrets Manager soon deletes the others. No value is read. Throws
 * `KeyturnError`s only.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
 */
export async function secretVersions(client: SecretsManagerClient, SecretId: string): Promise<SecretVersion[]> {
  try {
    const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId, MaxResults: 100 }));
    return Versions.map(({ VersionId = "", VersionStages = [], CreatedDate }) => ({
      id: VersionId,
      labels: VersionStages,
      ...(CreatedDate ? { createdAt: CreatedDate } : {}),
    })).toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  } catch (error) {
    throw fromAws(error, "Listing the secret's versions");
  }
}
