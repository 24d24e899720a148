import { randomUUID } from "node:crypto";
import { KeyturnError } from "../errors.js";
import { isElsewhere } from "../rotation/accounts.js";
import { isRunning } from "../rotation/ended.js";
import type { Ledger, Unsettled } from "../rotation/ledger.js";
import { firstOf } from "../rotation/lock.js";
import type { Executions, SecretStore } from "../rotation/ports.js";
import type { Rules } from "../rotation/rules.js";
import { settingsFrom } from "../rotation/settings.js";
import { bytesOf, type Fleet, type FleetItem, LONGEST_ITEM, MOST_BYTES, MOST_ITEMS } from "./page.js";

/** The name of the schedule that looks after what nobody else does. */
export const RECOVERY = "recovery";

/** Between two tries of a secret that needs attention; doubled each time, up to a day. */
const FIRST_PAUSE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

/** A lock that is held for longer: rotate-secret's own time-out, and three runs of the recovery after it. */
const STUCK_AFTER_MS = 5_400_000 + 3 * FIRST_PAUSE_MS;
/** Recoveries of one rotation that came to nothing. */
const STUCK_AFTER_RECOVERIES = 3;

/** How many of the managed secrets that it looked at are not at rest by themselves. */
export interface Unrest {
  readonly stuck: number;
  readonly needsAttention: number;
}

/**
 * What the scheduled recovery starts: the recovery of executions that ended and hold a lock still, and another try for
 * secrets that need attention, because most of what stops a rotation half-way passes. Secrets that are gone or out of
 * Keyturn's hands are left alone. Those of another account that cannot be reached now are left alone, too, but counted: an
 * alarm must not turn good because nobody can look. No more than fit into one page: the next look comes in minutes. The
 * schedule's time is the clock.
 */
export async function listUnsettled(
  { scheduledAt }: Fleet,
  ledger: Pick<Ledger, "unsettled">,
  { lookUp }: Pick<Executions, "lookUp">,
  secrets: Pick<SecretStore, "describe">,
  rules: Rules,
): Promise<{ items: FleetItem[]; unrest: Unrest }> {
  const items: FleetItem[] = [];
  const now = new Date(scheduledAt);
  let bytes = 0;
  let [stuck, needsAttention] = [0, 0];
  for await (const secret of ledger.unsettled()) {
    const input = await inputFor(secret, lookUp, now);
    const [hangs, waits] = [isStuck(secret, now), !secret.holder && secret.last !== undefined];
    if (!(input || hangs || waits)) continue;
    const standing = await standingOf(secrets, secret.secretArn, rules);
    if (standing === "none of ours") continue;
    stuck += Number(hangs);
    needsAttention += Number(waits);
    if (!input || standing === "out of reach") continue;
    const item = { name: randomUUID(), input };
    items.push(item);
    bytes += bytesOf(item);
    if (items.length === MOST_ITEMS || bytes + LONGEST_ITEM > MOST_BYTES) break;
  }
  return { items, unrest: { stuck, needsAttention } };
}

function isStuck({ holder }: Unsettled, now: Date): boolean {
  if (!holder) return false;
  const heldMs = now.getTime() - new Date(holder.since).getTime();
  return heldMs > STUCK_AFTER_MS || (holder.recovers?.time ?? 0) >= STUCK_AFTER_RECOVERIES;
}

async function inputFor(
  { secretArn, holder, last }: Unsettled,
  lookUp: Executions["lookUp"],
  now: Date,
): Promise<FleetItem["input"] | undefined> {
  const again = { secretId: secretArn, trigger: "schedule", requestedBy: "recovery" };
  // A retirement is started again by a rule of its own.
  if (holder?.purpose === "retirement") return undefined;
  if (holder) {
    if (isRunning(await lookUp(holder.executionArn))) return undefined;
    const first = firstOf(holder);
    if (!(await lookUp(first))) return { ...again, reason: "the execution that holds the lock is gone" };
    const times = holder.recovers?.time ?? 0;
    if (times > 0 && now < after(holder.since, times)) return undefined;
    return { trigger: "recovery", scheduled: true, ended: { executionArn: first } };
  }
  if (!last || now < after(last.endedAt, last.failures)) return undefined;
  return { ...again, reason: `needs attention since ${last.endedAt}` };
}

type Standing = "ours" | "none of ours" | "out of reach";

async function standingOf(secrets: Pick<SecretStore, "describe">, secretArn: string, rules: Rules): Promise<Standing> {
  try {
    const found = await secrets.describe(secretArn).catch(whereOutOfReach(secretArn, rules));
    if (!found) return "out of reach";
    return found.deletedAt === undefined && settingsFrom(found.tags, rules) !== undefined ? "ours" : "none of ours";
  } catch (error) {
    if (error instanceof KeyturnError && !error.retryable) return "none of ours";
    throw error;
  }
}

/** Only of other accounts: at home an error that passes is tried again, and any other says that the secret is not ours. */
function whereOutOfReach(secretArn: string, rules: Rules): (error: unknown) => undefined {
  return (error) => {
    const isGone = error instanceof KeyturnError && ["SecretNotFound", "AccountNotListed"].includes(error.code);
    if (!(error instanceof KeyturnError) || isGone || !isElsewhere(secretArn, rules)) throw error;
    return undefined;
  };
}

function after(since: string, tries: number): Date {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return new Date(new Date(since).getTime() + pause);
}
