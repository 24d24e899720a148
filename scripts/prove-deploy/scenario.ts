import type { AuditRecord } from "../../src/rotation/ledger.js";
import type { Actor, Cast } from "./actors.js";
import type { Announcements } from "./announcements.js";
import type { Deployed } from "./deployed.js";

/** One thing that is to be proven; gives what was seen, throws where it is not so. */
export type Scenario = readonly [what: string, work: () => Promise<string>];

/** What scenarios play on: a stack that is deployed, who hears of it, and who casts secrets for it. */
export interface Scene {
  readonly stack: Deployed;
  readonly announced: Announcements;
  readonly cast: Cast;
}

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
  const { outcome, reason, message, strategy, phases, versionId, trigger } = await rotate(new Date());
  must(outcome === "succeeded", `It ${outcome}: ${reason}: ${message}`);
  const names = phases.map(({ name }) => name).join(", ");
  must(names === "create, set, test, finish", `The record has the phases ${names}.`);
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

export function byStart(stack: Deployed, actor: Actor) {
  return async (since: Date): Promise<AuditRecord> => {
    const { status, error, cause } = await stack.rotate(actor);
    must(status === undefined, `The execution ended as ${status}: ${error}: ${cause}`);
    return stack.record(actor, since);
  };
}
