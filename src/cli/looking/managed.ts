import { type Reached, statusOf } from "../../aws/overview/secrets.js";
import { KeyturnError } from "../../errors.js";
import type { SecretStatus } from "../../overview/secret-status.js";
import type { Lights } from "../../overview/seen.js";

/** A secret of this stage, by name or ARN. Throws `SecretNotFound`, and `NotManaged` for one that is not Keyturn's. */
export async function managed(reached: Reached, lights: Lights, secretId: string): Promise<SecretStatus> {
  const found = await statusOf(reached, lights, secretId);
  if (found) return found;
  throw new KeyturnError("ConflictError", {
    code: "NotManaged",
    message: `${secretId} is not in the hands of keyturn-${lights.rules.stage}: it lacks the tags keyturn:stage and keyturn:schedule. Take it over: keyturn adopt`,
  });
}
