import type { Acquired } from "./ledger.js";
import type { World } from "./ports.js";

/** Takes the secret's lock, also from an execution that holds it and has ended. */
export async function acquireLock(world: World, secretArn: string, executionArn: string): Promise<Acquired> {
  const holder = { executionArn, since: world.clock().toISOString() };
  const lock = await world.ledger.acquire(secretArn, holder);
  if (lock.acquired || (await world.executions.running(lock.holder.executionArn))) return lock;
  return world.ledger.takeOver(secretArn, lock.holder, holder);
}
