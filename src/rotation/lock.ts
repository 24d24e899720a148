import { KeyturnError } from "../errors.js";
import type { Acquired } from "./ledger.js";
import type { KnownExecution, World } from "./ports.js";
import { type EndedExecution, parseRequest } from "./request.js";

/** The lock is of an execution that has ended, and whose rotation nobody has looked after yet. */
export interface LeftBehind {
  readonly acquired: false;
  readonly ended: EndedExecution;
}

export function isRunning(execution: Pick<KnownExecution, "status"> | undefined): boolean {
  return execution?.status === "RUNNING" || execution?.status === "PENDING_REDRIVE";
}

/** Takes the secret's lock, unless an execution holds it; one that is not known any more holds nothing. */
export async function acquireLock(
  world: World,
  secretArn: string,
  executionArn: string,
): Promise<Acquired | LeftBehind> {
  const holder = { executionArn, since: world.clock().toISOString() };
  const lock = await world.ledger.acquire(secretArn, holder);
  if (lock.acquired) return lock;
  const found = await world.executions.lookUp(lock.holder.executionArn);
  if (isRunning(found)) return lock;
  const ended = found && endedFrom(lock.holder.executionArn, found, world.clock());
  return ended ? { acquired: false, ended } : world.ledger.takeOver(secretArn, lock.holder, holder);
}

/** `undefined` where what it was started with cannot be understood: then it has done nothing either. */
function endedFrom(executionArn: string, found: KnownExecution, now: Date): EndedExecution | undefined {
  const ended = { executionArn, ...found, startedAt: found.startedAt.toISOString() };
  try {
    return parseRequest({ trigger: "recovery", scheduled: true, ended }, now).ended;
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}
