import { secretDetails } from "../../aws/overview/details.js";
import { type Reached, statusOf } from "../../aws/overview/secrets.js";
import { timeline } from "../../aws/overview/timeline.js";
import { secretVersions } from "../../aws/overview/versions.js";
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
  const [{ description, tags }, versions, page] = await Promise.all([
    secretDetails(secrets, status.arn),
    secretVersions(secrets, status.arn),
    timeline(dynamodb, table)({ secretArn: status.arn, ...(before === undefined ? {} : { before }) }),
  ]);
  return { status, ...(description === undefined ? {} : { description }), tags, versions, timeline: page };
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
