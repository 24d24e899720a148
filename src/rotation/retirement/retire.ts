import { KeyturnError } from "../../errors.js";
import type { DatabaseSecret } from "../../secrets/format.js";
import { readCurrent } from "../credentials.js";
import { logsIn } from "../logins.js";
import type { RetirePlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { readPrevious } from "../strategies/previous.js";
import { strategyOf } from "../strategies/registry.js";
import type { RetireReport } from "../strategies/strategy.js";

export interface Retired extends RetireReport {
  readonly engine: string;
  readonly username: string;
}

/**
 * Makes the credential under AWSPREVIOUS useless, and proves by logins that the database refuses it and lets the current
 * one in. Where the current one is refused to begin with, nothing is changed. Called again it succeeds.
 */
export async function retire(reach: Reach, plan: RetirePlan, newest: boolean): Promise<Retired> {
  const current = await readCurrent(reach, plan);
  const previous = await readPrevious(reach, plan, current);
  const strategy = strategyOf(plan);
  const engine = reach.databases.engine(current.engine);
  if (!strategy.retire || (plan.strategy === "dual-password" && !engine.traits.dualPassword)) throw nothingToRetire();
  const target = { ...plan, newest, ...(current.adminSecretArn ? { adminSecretArn: current.adminSecretArn } : {}) };
  const report = await strategy.retire(reach, target, { current, previous });
  if (await logsIn(reach, previous, current)) throw stillValid(previous);
  // Last, because a login that succeeds makes servers that count failed ones forget the one before.
  if (!(await logsIn(reach, current))) throw currentLost(current);
  return { engine: engine.name, username: previous.username, ...report };
}

function nothingToRetire(): KeyturnError {
  return new KeyturnError("InternalError", {
    code: "NothingToRetire",
    message: "The strategy leaves no old credential behind, so there is nothing to retire.",
  });
}

function stillValid({ username }: DatabaseSecret): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "StillValid",
    message:
      `The database still lets the old credential of the user ${JSON.stringify(username)} in: it lets that user in by ` +
      "another way, or someone set the password again. Look at how it authenticates users.",
  });
}

function currentLost({ username }: DatabaseSecret): KeyturnError {
  return new KeyturnError("CredentialRejectedError", {
    code: "CurrentLost",
    message:
      `The old credential is refused, and so is the one under AWSCURRENT, for the user ${JSON.stringify(username)}, which ` +
      "got in just before. Set the password that the secret has in the database, now.",
  });
}
