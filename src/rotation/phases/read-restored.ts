import { KeyturnError } from "../../errors.js";
import { parseSecret } from "../../secrets/format.js";
import type { CurrentSecret } from "../credentials.js";
import type { RotatePlan } from "../plans.js";
import type { Reach, StoredVersion } from "../ports.js";
import { differentServer } from "../same-server.js";
import { foreignPrevious } from "../strategies/previous.js";

/**
 * The credential that comes back, of the version that the plan names. What was proven of a version holds for as long as it is
 * that version: one that was deleted and stored again under its id, with a password of somebody's choice, is younger than the
 * proof. Throws `PreviousChanged` for such a one, and `ForeignPrevious` for one of another server or user.
 */
export async function readRestored(
  reach: Reach,
  plan: RotatePlan,
  secret: CurrentSecret,
  username: string,
): Promise<{ username: string; password: string }> {
  const { versionId = "", storedBefore, currentStoredBefore } = plan.restores ?? {};
  const [stored, current] = await Promise.all([
    reach.secrets.version(plan.secretArn, versionId),
    reach.secrets.version(plan.secretArn, plan.currentVersionId),
  ]);
  if (!stored || !isAsOld(stored, storedBefore) || !isAsOld(current, currentStoredBefore)) throw changed();
  const previous = parseSecret(stored.text, `secret ${plan.secretName} (AWSPREVIOUS)`);
  const other = differentServer(reach, previous, secret);
  if (other) throw foreignPrevious(other);
  if (previous.username !== username) throw foreignPrevious("username");
  return { username, password: previous.password };
}

function isAsOld(stored: StoredVersion | undefined, than = ""): boolean {
  return stored?.createdAt !== undefined && stored.createdAt <= new Date(than);
}

function changed(): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "PreviousChanged",
    message:
      "AWSPREVIOUS, or AWSCURRENT, is not the version that a rotation has proven: it was stored since. Nothing was changed. " +
      "Rotate the secret to get a new credential.",
  });
}
