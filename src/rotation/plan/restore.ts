import { KeyturnError } from "../../errors.js";
import type { Acquired } from "../ledger.js";
import type { RotatePlan } from "../plans.js";
import type { SecretDescription } from "../ports.js";
import type { Rules } from "../rules.js";

export const RESTORES = "The credential before the current one is made valid and current again, in a new version.";

type Known = Pick<Extract<Acquired, { acquired: true }>, "last" | "retiredVersionId">;

/**
 * The version whose credential is to come back. Labels alone prove nothing, because others move them: it must be the one that
 * the newest rotation on record took the place of, whose credential had got in by then. Throws, before anything is written,
 * where it is not, where that credential was given up on purpose, for a login that has two passwords: called again, the
 * change would push out the current one, which applications still hold; and where Secrets Manager rotates the secret.
 */
export function restorable(
  { versions }: Pick<SecretDescription, "versions">,
  { currentVersionId, strategy, native }: Pick<RotatePlan, "currentVersionId" | "strategy" | "native">,
  { last, retiredVersionId }: Known,
  rules: Pick<Rules, "restore">,
): NonNullable<RotatePlan["restores"]> {
  if (!rules.restore) throw refusal("AccessDeniedError", "RestoreNotAllowed", NOT_ALLOWED);
  if (strategy === "dual-password") throw refusal("UnsupportedError", "RestoreUnsupported", UNSUPPORTED);
  if (native) throw refusal("UnsupportedError", "RestoreUnsupported", NATIVE);
  const { madeCurrent, replaced, begunAt, rotatedAt, retireAfterMinutes } = last ?? {};
  const isOnRecord = madeCurrent === currentVersionId && replaced !== undefined;
  if (!isOnRecord || !begunAt || !rotatedAt || !versions[replaced]?.includes("AWSPREVIOUS"))
    throw refusal("ConflictError", "NothingToRestore", NOTHING);
  if (retiredVersionId === replaced || retireAfterMinutes === 0)
    throw refusal("ConflictError", "PreviousRetired", RETIRED);
  return { versionId: replaced, storedBefore: begunAt, currentStoredBefore: rotatedAt };
}

const NOT_ALLOWED =
  "The deployment lets no credential be brought back: who knew it would get in again. Nothing was changed. Say restore: true in " +
  "keyturn.yml and deploy, if operators may; or rotate the secret to get a new one.";

const UNSUPPORTED =
  "With dual password the credential before cannot be brought back. Until it is retired it is valid beside the current one: " +
  "applications may use it meanwhile. A new rotation gives both a successor.";

const NATIVE =
  "Secrets Manager's own rotation is on, and what its function stores is always a new password: people may invoke it, and could " +
  "have an old one stored. Turn it off first: keyturn native <secret> off.";

const NOTHING =
  "No record says that AWSCURRENT took the place of AWSPREVIOUS in a rotation that went well from its beginning, so nobody " +
  "knows whether AWSPREVIOUS is a credential of this login. Nothing was changed. Rotate the secret to get a new one.";

const RETIRED =
  "The credential before was given up on purpose: it was retired, or its rotation was asked for with 0 minutes, as for one " +
  "that leaked. Nothing was changed. Rotate the secret to get a new one.";

function refusal(
  name: "AccessDeniedError" | "ConflictError" | "UnsupportedError",
  code: string,
  message: string,
): KeyturnError {
  return new KeyturnError(name, { code, message });
}
