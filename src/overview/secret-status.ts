import { KeyturnError } from "../errors.js";
import { type OverdueReason, overdue, overdueAfter } from "../fleet/overdue.js";
import type { ListedSecret } from "../fleet/page.js";
import type { LastKnown } from "../rotation/ledger.js";
import { dueTime } from "../rotation/plan/due.js";
import { settingsFrom } from "../rotation/settings.js";
import { type Judgement, judged, type Known, latest, nextRunOf } from "./judge.js";
import type { Lights, Seen } from "./seen.js";

/** What a person is shown of a managed secret. Times are ISO 8601. */
export interface SecretStatus extends Judgement {
  readonly name: string;
  readonly arn: string;
  readonly schedule: string;
  /** As its last rotation found it; absent where there was none yet. */
  readonly engine?: string;
  readonly strategy?: string;
  /** By Keyturn or by Secrets Manager; absent: never. */
  readonly lastRotatedAt?: string;
  /** From when the credential's age counts: its last rotation, or being stored. */
  readonly since: string;
  /** When its schedule lets it be rotated again; absent where that is not known. */
  readonly dueAt?: string;
  /** When a run of its schedule will rotate it; absent where no clock says, or it is paused for good. */
  readonly nextRunAt?: string;
  /** From when on it counts as overdue; absent where nothing is expected of its schedule. */
  readonly overdueAt?: string;
  /** Why it is overdue, whatever its state. */
  readonly overdue?: OverdueReason;
  /** Of the last rotation, where that did not end well. */
  readonly failure?: LastFailure;
  /** The execution that has its lock. */
  readonly execution?: string;
}

export interface LastFailure {
  readonly outcome: string;
  /** Absent where the rotation was before such things were remembered. */
  readonly code?: string;
  readonly message?: string;
  readonly at: string;
  /** How many in a row. */
  readonly times: number;
  readonly execution: string;
}

/**
 * The state of a secret, decided as the product decides it: `undefined` for one that is none of this stage's. What it says
 * comes of tags and records, so whoever shows it makes it plain.
 */
export function secretStatus(seen: Seen, lights: Lights): SecretStatus | undefined {
  const { arn, name, tags } = seen.secret;
  const schedule = tags["keyturn:schedule"]?.trim();
  if (!schedule || tags["keyturn:stage"]?.trim() !== lights.rules.stage) return undefined;
  const known = knownOf(seen, lights, schedule);
  const { last, holder, settings, dueAt } = known;
  const { state, reason, message } = judged(known);
  const since = newestOf(known);
  const lastRotatedAt = latest(last?.rotatedAt ? new Date(last.rotatedAt) : undefined, seen.secret.lastRotatedAt);
  const expected = expectedFor(known);
  const engine = last?.engine ?? last?.server?.split(" ", 1)[0];
  const strategy = settings?.strategy ?? last?.strategy;
  return {
    name,
    arn,
    schedule,
    ...(engine ? { engine } : {}),
    ...(strategy ? { strategy } : {}),
    state,
    reason,
    message,
    ...(lastRotatedAt ? { lastRotatedAt: lastRotatedAt.toISOString() } : {}),
    since: since.toISOString(),
    ...(dueAt ? { dueAt: dueAt.toISOString() } : {}),
    ...isoOf("nextRunAt", nextRunOf(known)),
    ...isoOf("overdueAt", expected && overdueAfter(seen.secret, settings, last, expected)),
    ...(known.late ? { overdue: known.late } : {}),
    ...(last?.failures ? { failure: failureOf(last, last.failures) } : {}),
    ...(holder ? { execution: holder.executionArn } : {}),
  };
}

/** Whether somebody should do something, now. */
export function isWell({ state, overdue }: Pick<SecretStatus, "state" | "overdue">): boolean {
  return state !== "needs attention" && state !== "failing" && overdue === undefined;
}

function knownOf(seen: Seen, lights: Lights, schedule: string): Known {
  const { secret, last } = seen;
  const { deployed, clock, now, rules } = lights;
  const read = settingsOf(secret, rules);
  const dueAfterDays = deployed.byName[schedule]?.dueAfterDays;
  const due = dueTime({ dueAt: read.settings?.dueAt, dueAfterDays, secret, last });
  // Without an age it is its turn at each run, so at the first one after it was rotated.
  const dueAt = due ?? clock.nextRun(schedule, newestOf({ secret, ...(last ? { last } : {}) }));
  const isLate = overdue(secret, last, deployed.expected, now, rules);
  return { ...seen, ...lights, schedule, ...read, ...(dueAt ? { dueAt } : {}), ...(isLate ? { late: isLate } : {}) };
}

function settingsOf({ tags }: ListedSecret, rules: Lights["rules"]): Pick<Known, "settings" | "wrongTag"> {
  try {
    const settings = settingsFrom(tags, rules);
    return settings ? { settings } : {};
  } catch (error) {
    if (error instanceof KeyturnError) return { wrongTag: error };
    throw error;
  }
}

function expectedFor({ deployed, schedule }: Known) {
  return Object.hasOwn(deployed.expected, schedule) ? deployed.expected[schedule] : undefined;
}

function newestOf({ secret, last }: Pick<Seen, "secret" | "last">): Date {
  return dueTime({ dueAt: undefined, dueAfterDays: 0, secret, last }) ?? new Date(0);
}

function failureOf({ outcome, reason, message, endedAt, executionArn }: LastKnown, times: number): LastFailure {
  const said = reason ? { code: reason, ...(message ? { message } : {}) } : {};
  return { outcome, ...said, at: endedAt, times, execution: executionArn };
}

function isoOf<Name extends string>(name: Name, at: Date | undefined): { [Of in Name]?: string } {
  return at ? ({ [name]: at.toISOString() } as { [Of in Name]?: string }) : {};
}
