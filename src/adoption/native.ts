import { NEVER_BY_ITSELF_DAYS, rotationFunctionOf } from "../rotation/rotation-function.js";
import { settingsFrom } from "../rotation/settings.js";
import type { NativeRules, Owner } from "./owner.js";
import { conflict, refuseUnderWay } from "./refusals.js";

/** Whose schedule counts for a secret, and whether Secrets Manager knows of its rotations. */
export type Rotating =
  /** Keyturn's, and Secrets Manager knows of none. */
  | { readonly by: "keyturn" }
  /** Keyturn's, and each goes through Secrets Manager. */
  | { readonly by: "keyturn, natively" }
  /** Secrets Manager's. Absent rules: as it was told before. */
  | { readonly by: "secrets manager"; readonly rules?: NativeRules };

/** Switches a managed secret, and rotates nothing. Called again it changes nothing more. */
export async function switchRotation(
  owner: Owner,
  { secretId, stage, to }: { readonly secretId: string; readonly stage: string; readonly to: Rotating },
): Promise<void> {
  const { arn, tags, rotationEnabled, versions } = await owner.describe(secretId);
  if (!settingsFrom(tags, { stage }))
    throw conflict(
      "NotManaged",
      "The secret is not in Keyturn's hands: tag it keyturn:stage and keyturn:schedule first.",
    );
  if (to.by === "keyturn") {
    if (rotationEnabled) await owner.rotateNoMore(arn);
    return;
  }
  // The test that Secrets Manager makes takes AWSPENDING off again, whoever has put it there.
  refuseUnderWay({ versions });
  const rules = to.by === "keyturn, natively" ? { days: NEVER_BY_ITSELF_DAYS } : to.rules;
  await owner.rotateBy(arn, rotationFunctionOf(arn, { stage }), rules);
}
