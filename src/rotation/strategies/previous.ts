import type { Session } from "../../engines/engine.js";
import { KeyturnError } from "../../errors.js";
import { parseSecret } from "../../secrets/format.js";
import type { CurrentSecret } from "../credentials.js";
import type { RetirePlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { differentServer } from "../same-server.js";

/**
 * How many sessions of the user are open. Nothing depends on it, so whatever keeps it from being known, the missing
 * right for one, stops no retirement.
 */
export async function openSessions(session: Session, username: string): Promise<{ sessions?: number }> {
  try {
    const sessions = await session.sessionsOf?.(username);
    return sessions === undefined ? {} : { sessions };
  } catch (error) {
    if (error instanceof KeyturnError && !error.retryable) return {};
    throw error;
  }
}

/**
 * The credential before the current one, at AWSCURRENT's server. Throws `PreviousGone` where Secrets Manager has dropped it,
 * `ForeignPrevious` for one of another server.
 */
export async function readPrevious(reach: Reach, plan: RetirePlan, current: CurrentSecret): Promise<CurrentSecret> {
  const stored = await reach.secrets.version(plan.secretArn, plan.previousVersionId);
  if (stored) {
    const previous = parseSecret(stored.text, `secret ${plan.secretName} (AWSPREVIOUS)`);
    const other = differentServer(reach, previous, current);
    if (other) throw foreignPrevious(other);
    return { ...current, username: previous.username, password: previous.password };
  }
  throw new KeyturnError("ConflictError", {
    code: "PreviousGone",
    message: `The version ${plan.previousVersionId} is gone, so nobody can say which credential it held. Nothing was changed.`,
  });
}

/** AWSPREVIOUS is not the other credential of the login that is current. `key`: what tells. */
export function foreignPrevious(key: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "ForeignPrevious",
    message:
      `"${key}" under AWSPREVIOUS is not what it would be if that were the other credential of this login. Nothing was ` +
      "changed. Look at both versions; if the old credential is still valid, take it away in the database.",
  });
}
