import { CreateSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export interface SecretToStore {
  readonly name: string;
  readonly description?: string;
  readonly value: object;
  /** Besides the stage that the package is made for. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Makes a secret of the package's stage, and gives its ARN. Throws where the name is taken. */
export async function storeSecret(secrets: SecretsManagerClient, secret: SecretToStore): Promise<string> {
  const { arn } = await storeFirstVersion(secrets, secret);
  return arn;
}

/** As `storeSecret`, with the id of the version that is current. */
export async function storeFirstVersion(
  secrets: SecretsManagerClient,
  { name, description, value, tags }: SecretToStore,
): Promise<{ readonly arn: string; readonly versionId: string }> {
  const { ARN = "", VersionId = "" } = await secrets.send(
    new CreateSecretCommand({
      Name: name,
      ...(description ? { Description: description } : {}),
      SecretString: JSON.stringify(value),
      Tags: Object.entries({ "keyturn:stage": "dev", ...tags }).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return { arn: ARN, versionId: VersionId };
}
