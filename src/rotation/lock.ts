import { type EndedExecution, isRunning, lookUpEnded } from "./ended.js";
import type { Acquired, Holder } from "./ledger.js";
import type { World } from "./ports.js";

/** The lock is of an execution that has ended. */
export interface LeftBehind {
  readonly acquired: false;
  readonly holder: Holder;
  /** The rotation that nobody has looked after yet; absent where there is none. */
  readonly ended?: EndedExecution;
  readonly left: true;
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
  if (isRunning(await world.executions.lookUp(holder.executionArn))) return lock;
  const ended = holder.purpose === "rotation" ? await lookUpEnded(world.executions, firstOf(holder)) : undefined;
  return { acquired: false, holder, left: true, ...(typeof ended === "object" ? { ended } : {}) };
}

/** The execution whose rotation it is: the holder's own, or the one that it recovers. */
export function firstOf({ executionArn, recovers }: Holder): string {
  return recovers?.executionArn ?? executionArn;
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
