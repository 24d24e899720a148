import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { fromAws } from "./errors.js";

/** Milliseconds for which keys are kept; a key that is replaced signs beside the new one for as long as it is AWSPREVIOUS. */
const KEPT_MS = 300_000;

/** The keys that a secret holds, AWSCURRENT's and then AWSPREVIOUS's where there is one, each as its text. Throws `KeyturnError`s. */
export function signingKeys(client: SecretsManagerClient, secretArn: string, now = Date.now): () => Promise<string[]> {
  let kept: { readonly keys: string[]; readonly until: number } | undefined;
  const read = async (VersionStage: string): Promise<string[]> => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage }));
      return [SecretString ?? ""];
    } catch (error) {
      const isMissing = (error as Error).name === "ResourceNotFoundException";
      if (isMissing && VersionStage === "AWSPREVIOUS") return [];
      throw fromAws(error, "Reading the key that webhooks are signed by");
    }
  };
  return async () => {
    if (!kept || kept.until < now()) {
      const keys = [...(await read("AWSCURRENT")), ...(await read("AWSPREVIOUS"))];
      kept = { keys, until: now() + KEPT_MS };
    }
    return kept.keys;
  };
}
