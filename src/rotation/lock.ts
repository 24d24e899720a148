import { KeyturnError } from "../errors.js";
import type { Acquired, Holder } from "./ledger.js";
import type { KnownExecution, World } from "./ports.js";
import { type EndedExecution, parseRequest } from "./request.js";

/** The lock is of an execution that has ended. */
export interface LeftBehind {
  readonly acquired: false;
  readonly holder: Holder;
  /** The rotation that nobody has looked after yet; absent where there is none. */
  readonly ended?: EndedExecution;
  readonly left: true;
}

export function isRunning(execution: Pick<KnownExecution, "status"> | undefined): boolean {
  return execution?.status === "RUNNING" || execution?.status === "PENDING_REDRIVE";
}

/** Takes the secret's lock, unless somebody holds it. Says so where the holder has ended. */
export async function acquireLock(
  world: Pick<World, "ledger" | "executions" | "clock">,
  secretArn: string,
  { executionArn, purpose }: Omit<Holder, "since">,
): Promise<Acquired | LeftBehind> {
  const lock = await world.ledger.acquire(secretArn, { executionArn, since: world.clock().toISOString(), purpose });
  if (lock.acquired) return lock;
  const { holder } = lock;
  const found = await world.executions.lookUp(holder.executionArn);
  if (isRunning(found)) return lock;
  const ended =
    found && holder.purpose === "rotation" ? endedFrom(holder.executionArn, found, world.clock()) : undefined;
  return { acquired: false, holder, left: true, ...(ended ? { ended } : {}) };
}

/** Takes the lock from a holder that has ended. */
export function takeOver(
  world: Pick<World, "ledger" | "clock">,
  secretArn: string,
  from: Holder,
  to: Omit<Holder, "since">,
): Promise<Acquired> {
  return world.ledger.takeOver(secretArn, from, { ...to, since: world.clock().toISOString() });
}

/**
 * The rotation that an execution which ended leaves behind, also where it was the recovery of that. `undefined` where what
 * it was started with cannot be understood: then it has done nothing either.
 */
export function endedFrom(executionArn: string, found: KnownExecution, now: Date): EndedExecution | undefined {
  const ended = { executionArn, ...found, startedAt: found.startedAt.toISOString() };
  try {
    return parseRequest({ trigger: "recovery", scheduled: true, ended }, now).ended;
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}
