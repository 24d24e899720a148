import type { Acquired, Holder } from "./ledger.js";
import type { World } from "./ports.js";

/** Takes the secret's lock, also from an execution that holds it and has ended. */
export async function acquireLock(
  world: Pick<World, "ledger" | "executions" | "clock">,
  secretArn: string,
  executionArn: string,
  purpose: Holder["purpose"] = "rotation",
): Promise<Acquired> {
  const holder = { executionArn, since: world.clock().toISOString(), purpose };
  const lock = await world.ledger.acquire(secretArn, holder);
  if (lock.acquired) return lock;
  // What a rotation left half done only a rotation carries on; its recovery knows it by the lock.
  if (purpose === "retirement" && lock.holder.purpose === "rotation") return lock;
  if (await world.executions.running(lock.holder.executionArn)) return lock;
  return world.ledger.takeOver(secretArn, lock.holder, holder);
}
