import type { AuditRecord } from "../../src/rotation/ledger.js";
import type { Actor } from "./actors.js";

/** Throws with what is not so. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/**
 * Has the secret rotated and asks the database itself: what is current gets in, and what was current does where the strategy
 * keeps it valid, and nowhere else. Gives what was seen.
 */
export async function provenRotation(actor: Actor, rotate: (since: Date) => Promise<AuditRecord>): Promise<string> {
  const before = await actor.current();
  const record = await rotate(new Date());
  const { outcome, reason, message, strategy, phases, versionId, trigger } = record;
  must(outcome === "succeeded", `It ${outcome}: ${reason}: ${message}`);
  must(
    phases.map(({ name }) => name).join() === "create,set,test,finish",
    `The record has the phases ${phases.map(({ name }) => name)}`,
  );
  must((await actor.versionOf("AWSCURRENT")) === versionId, "AWSCURRENT is not on the version of the record.");

  const now = await actor.current();
  must(now.password !== before.password, "The password under AWSCURRENT is the old one.");
  must(await actor.server.letsIn(now), "AWSCURRENT does not get in.");
  const both = strategy !== "single-user";
  must(
    (await actor.server.letsIn(before)) === both,
    `The credential before ${both ? "does not get" : "still gets"} in.`,
  );
  if (strategy === "alternating-users") must(now.username !== before.username, "The users have not taken turns.");
  return `${strategy}, by ${trigger}: AWSCURRENT gets in, the one before is ${both ? "still valid" : "refused"}`;
}
