import { createHash } from "node:crypto";
import { KeyturnError } from "../errors.js";
import type { Ledger, Unsettled } from "../rotation/ledger.js";
import { endedFrom, isRunning } from "../rotation/lock.js";
import type { Executions, SecretStore } from "../rotation/ports.js";
import type { Fleet, FleetItem } from "./fleet.js";

/** The name of the schedule that looks after what nobody else does. */
export const RECOVERY = "recovery";

/** As many as one look starts; the next comes in minutes. */
const MOST = 500;
/** Between two tries of a secret that needs attention; doubled each time, up to a day. */
const FIRST_PAUSE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

/**
 * What the scheduled recovery starts: the recovery of executions that ended and hold a lock still, and another try for
 * secrets that need attention, because most of what stops a rotation half-way passes. Secrets that are gone or out of
 * Keyturn's hands are left alone. The schedule's time is the clock.
 */
export async function listUnsettled(
  { scheduledAt }: Fleet,
  ledger: Pick<Ledger, "unsettled">,
  { lookUp }: Pick<Executions, "lookUp">,
  secrets: Pick<SecretStore, "describe">,
): Promise<FleetItem[]> {
  const items: FleetItem[] = [];
  for await (const secret of ledger.unsettled()) {
    const input = await inputFor(secret, lookUp, new Date(scheduledAt));
    if (input && (await isManaged(secrets, secret.secretArn)))
      items.push({ secretArn: secret.secretArn, name: nameOf(secret, scheduledAt), input });
    if (items.length === MOST) break;
  }
  return items;
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
    const found = await lookUp(holder.executionArn);
    if (isRunning(found)) return undefined;
    const left = found && endedFrom(holder.executionArn, found, now);
    if (!left) return { ...again, reason: "the execution that holds the lock is gone" };
    const { recoveries, executionArn, status, startedAt, input } = left;
    if (recoveries.length > 0 && now < after(holder.since, recoveries.length)) return undefined;
    // In the name of the first, so that the input does not grow from one to the next.
    return { trigger: "recovery", scheduled: true, recoveries, ended: { executionArn, status, startedAt, input } };
  }
  if (!last || now < after(last.endedAt, last.attempts)) return undefined;
  return { ...again, reason: `needs attention since ${last.endedAt}` };
}

async function isManaged(secrets: Pick<SecretStore, "describe">, secretArn: string): Promise<boolean> {
  try {
    const { tags, deletedAt } = await secrets.describe(secretArn);
    return tags["keyturn:schedule"] !== undefined && deletedAt === undefined;
  } catch (error) {
    if (error instanceof KeyturnError && !error.retryable) return false;
    throw error;
  }
}

function after(since: string, tries: number): Date {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return new Date(new Date(since).getTime() + pause);
}

/** A schedule that is delivered twice starts each once. */
function nameOf({ secretArn }: Unsettled, scheduledAt: string): string {
  return createHash("sha256").update(`${secretArn}|${RECOVERY}|${scheduledAt}`).digest("hex");
}
