import { type KMSClient, ListAliasesCommand } from "@aws-sdk/client-kms";
import { ListSecretsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Option } from "../storing/draft.js";

/** KMS keys of one's own by their aliases; those that AWS manages are left out. Throws the SDK's errors. */
export async function ownKeys(client: KMSClient): Promise<readonly Option[]> {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(new ListAliasesCommand({ Limit: 100, ...(Marker ? { Marker } : {}) }));
    names.push(...(page.Aliases ?? []).flatMap(({ AliasName }) => AliasName ?? []));
    Marker = page.Truncated ? page.NextMarker : undefined;
  } while (Marker);
  return names.filter((name) => !name.startsWith("alias/aws/")).map((name) => ({ value: name, label: name }));
}

/** Admin secrets of this stage, and whom their owners offer them to. Throws the SDK's errors. */
export async function adminSecrets(client: SecretsManagerClient, stage: string): Promise<readonly Option[]> {
  const found: Option[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListSecretsCommand({
        Filters: [{ Key: "tag-key", Values: ["keyturn:admin"] }],
        MaxResults: 100,
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    for (const { ARN = "", Name = "", Tags = [] } of page.SecretList ?? []) {
      const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
      const offered = tag("keyturn:admin");
      if (offered === undefined || tag("keyturn:stage") !== stage) continue;
      found.push({ value: ARN, label: Name, hint: offered === "true" ? "by keyturn.yml" : `for ${offered}` });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
