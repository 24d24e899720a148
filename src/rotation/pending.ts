import { KeyturnError } from "../errors.js";
import { type DatabaseSecret, parseSecret } from "../secrets/format.js";
import type { RotatePlan } from "./plans.js";
import type { Reach } from "./ports.js";
import { shellWord } from "./settle-commands.js";

/**
 * Throws `ForeignPending` for a user that can never be the next of the current one: it is another person's, whatever the
 * version says.
 */
export function checkNext(
  reach: Pick<Reach, "databases">,
  plan: Pick<RotatePlan, "engine" | "strategy" | "versionId">,
  current: string,
  next: string,
): void {
  if (plan.strategy !== "alternating-users") {
    if (next !== current) throw otherUser(plan.versionId, next, current);
    return;
  }
  const { loginsOf } = reach.databases.engine(plan.engine);
  const [, ...others] = loginsOf(current, plan.strategy);
  const [name = ""] = loginsOf(next, "single-user");
  if (!others.includes(name)) throw otherUser(plan.versionId, next, others[0] ?? "");
}

/** Throws `ForeignPending` where a version that was left is not for the user that is next. */
export function checkUser(versionId: string, found: string, expected: string): void {
  if (found !== expected) throw otherUser(versionId, found, expected);
}

/** A version under AWSPENDING. Throws `ForeignPending` for one that holds no credential for a database. */
export function parsePending(text: string | undefined, versionId: string): DatabaseSecret {
  try {
    return parseSecret(text, "secret (AWSPENDING)");
  } catch {
    throw foreignPending(versionId);
  }
}

export function foreignPending(versionId: string): KeyturnError {
  return foreign(`${shellWord(versionId)}, which does not hold a credential for this database.`, versionId);
}

/** In the version that Secrets Manager made for its rotation, which everybody who may look at the secret knows. */
export function storedBefore(versionId: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "StoredBefore",
    message:
      `The version ${shellWord(versionId)}, which Secrets Manager waits for, held a value before this one was stored: ` +
      "of an earlier try that died, or of somebody else. It is not believed. Rotate the secret again.",
  });
}

function otherUser(versionId: string, found: string, expected: string): KeyturnError {
  return foreign(
    `${shellWord(versionId)}, which holds a credential for the user ${JSON.stringify(found.slice(0, 128))}, where ` +
      `${JSON.stringify(expected)} is next.`,
    versionId,
  );
}

function foreign(what: string, versionId: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "ForeignPending",
    message:
      `The new credential was to be on the version ${what} Nothing was changed. If nobody needs it, take the label off and ` +
      "start the rotation again: aws secretsmanager update-secret-version-stage --secret-id <secret> " +
      `--version-stage AWSPENDING --remove-from-version-id=${shellWord(versionId)}`,
  });
}
