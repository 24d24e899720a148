import { DescribeSecretCommand, ListSecretVersionIdsCommand } from "@aws-sdk/client-secrets-manager";
import { type Reached, statusOf } from "../../aws/overview/secrets.js";
import { timeline } from "../../aws/overview/timeline.js";
import { KeyturnError } from "../../errors.js";
import type { Lights } from "../../overview/seen.js";
import type { Secret } from "../desk.js";

/** A secret, by ARN or name, without its value; undefined where it is none of this deployment's, or gone. */
export async function readSecret(
  reached: Reached,
  lights: Lights,
  secretId: string,
  before: string | undefined,
): Promise<Secret | undefined> {
  const status = await found(() => statusOf(reached, lights, secretId));
  if (!status) return undefined;
  const { secrets, dynamodb, table } = reached;
  const SecretId = status.arn;
  const [described, listed, page] = await Promise.all([
    secrets.send(new DescribeSecretCommand({ SecretId })),
    secrets.send(new ListSecretVersionIdsCommand({ SecretId, MaxResults: 100 })),
    timeline(dynamodb, table)({ secretArn: SecretId, ...(before === undefined ? {} : { before }) }),
  ]);
  const versions = (listed.Versions ?? []).map(({ VersionId = "", VersionStages = [], CreatedDate }) => ({
    id: VersionId,
    labels: VersionStages,
    ...(CreatedDate ? { createdAt: CreatedDate } : {}),
  }));
  return {
    status,
    ...(described.Description ? { description: described.Description } : {}),
    tags: Object.fromEntries((described.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    versions: versions.toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0)),
    timeline: page,
  };
}

/** Undefined for a secret that is not there, or whose name cannot be one. */
async function found<Found>(look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await look();
  } catch (error) {
    const { code, cause } = error as KeyturnError;
    const isMissing =
      code === "SecretNotFound" || cause?.name === "ValidationException" || cause?.name === "InvalidParameterException";
    if (error instanceof KeyturnError && isMissing) return undefined;
    throw error;
  }
}
