import type { StrategyName } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import { type DatabaseSecret, parseSecret, sameTarget } from "../secrets/format.js";
import type { Reach, SecretDescription } from "./ports.js";
import { versionIdOf } from "./version-id.js";

/** Which version this rotation makes current, and why that one. */
export interface Judged {
  readonly versionId: string;
  readonly resumed: boolean;
  /** A version whose password may be in the database already, with fields that are out of date. */
  readonly staleVersionId?: string;
  readonly reason: "Started" | "Resumed" | "EmptyPending" | "StalePending" | "SupersededPending";
  readonly message: string;
}

/**
 * Looks at the AWSPENDING version that an earlier rotation may have left, Keyturn's, Secrets Manager's own or a
 * person's. On the current version it means nothing: that is how every rotation ends. Throws `ForeignPending` for one
 * that is not for this login's server.
 */
export async function judgePending(
  reach: Reach,
  { arn, name, versions }: SecretDescription,
  now: { executionArn: string; currentVersionId: string; secret: DatabaseSecret; strategy: StrategyName },
): Promise<Judged> {
  const own = versionIdOf(now.executionArn);
  const left = Object.keys(versions).find((id) => versions[id]?.includes("AWSPENDING") && id !== now.currentVersionId);
  if (!left)
    return {
      versionId: own,
      resumed: false,
      reason: "Started",
      message: "Nothing was left unfinished, so a new credential is made.",
    };

  const pending = await reach.secrets.version(arn, left);
  if (!pending) {
    return {
      versionId: left,
      resumed: true,
      reason: "EmptyPending",
      message: "The empty AWSPENDING version is filled and made current.",
    };
  }
  const secret = parsePending(pending.text, name, left);
  if (secret.host !== now.secret.host || secret.engine !== now.secret.engine) throw foreign(left);
  // The user in use was never given it, or AWSCURRENT would be refused, which Create looks at before it stores another.
  if (now.strategy === "alternating-users" && secret.username === now.secret.username) {
    return { versionId: own, resumed: false, reason: "SupersededPending", message: SUPERSEDED };
  }
  if (!sameTarget(secret, now.secret)) {
    return { versionId: own, resumed: true, staleVersionId: left, reason: "StalePending", message: STALE };
  }
  return {
    versionId: left,
    resumed: true,
    reason: "Resumed",
    message: "The rotation that was left unfinished is finished.",
  };
}

const SUPERSEDED =
  "AWSPENDING was left for the user that is in use now: it came too late, and a new version takes its place.";

const STALE =
  "The secret was edited after AWSPENDING had been stored: its password is taken on, with the fields of today.";

function parsePending(text: string | undefined, name: string, versionId: string): DatabaseSecret {
  try {
    return parseSecret(text, `secret ${name} (AWSPENDING)`);
  } catch {
    throw foreign(versionId);
  }
}

function foreign(versionId: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "ForeignPending",
    message:
      `AWSPENDING is on the version ${versionId}, which does not hold a credential for this database. Nothing was ` +
      "changed. If nobody needs it, take the label off: aws secretsmanager update-secret-version-stage " +
      `--secret-id <secret> --version-stage AWSPENDING --remove-from-version-id ${versionId}`,
  });
}
