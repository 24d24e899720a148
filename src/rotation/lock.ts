import type { Acquired } from "./ledger.js";
import type { World } from "./ports.js";

/** Takes the secret's lock; with `fromEnded`, also from an execution that holds it and has ended. */
export async function acquireLock(
  world: World,
  secretArn: string,
  executionArn: string,
  fromEnded: boolean,
): Promise<Acquired | "held by an ended execution"> {
  const holder = { executionArn, since: world.clock().toISOString() };
  const lock = await world.ledger.acquire(secretArn, holder);
  if (lock.acquired || (await world.executions.running(lock.holder.executionArn))) return lock;
  return fromEnded ? world.ledger.takeOver(secretArn, lock.holder, holder) : "held by an ended execution";
}
