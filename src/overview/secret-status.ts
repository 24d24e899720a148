import { KeyturnError, parseMessage } from "../errors.js";
import { OVERDUE_REASONS, type OverdueReason, overdue, overdueAfter } from "../fleet/overdue.js";
import type { ListedSecret } from "../fleet/page.js";
import type { Holder, LastKnown } from "../rotation/ledger.js";
import { dueTime, notDue, triedAgainAt } from "../rotation/plan/due.js";
import { SKIP_REASONS, WAIT_REASONS } from "../rotation/reasons.js";
import { hasNativeSchedule } from "../rotation/rotation-function.js";
import type { Rules } from "../rotation/rules.js";
import { type SecretSettings, settingsFrom } from "../rotation/settings.js";
import type { Execution } from "./execution.js";
import { STATUS_REASONS } from "./reasons.js";
import type { Clock, DeployedSchedules } from "./schedules.js";
import type { SecretState } from "./states.js";

/** What a person is shown of a managed secret. Times are ISO 8601. */
export interface SecretStatus {
  readonly name: string;
  readonly arn: string;
  readonly schedule: string;
  /** As its last rotation found it; absent where there was none yet. */
  readonly engine?: string;
  readonly strategy?: string;
  readonly state: SecretState;
  /** A code that `explain` knows, and what it means here. */
  readonly reason: string;
  readonly message: string;
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

/** What is known of a secret. */
export interface Seen {
  readonly secret: ListedSecret;
  readonly last?: LastKnown;
  readonly holder?: Holder;
  /** The holder's execution; absent where nobody has looked, or it is gone. */
  readonly execution?: Execution;
}

/** What all secrets are seen by. */
export interface Lights {
  readonly deployed: DeployedSchedules;
  readonly clock: Clock;
  readonly now: Date;
  readonly rules: Pick<Rules, "stage">;
}

interface Known extends Seen, Lights {
  readonly schedule: string;
  /** Absent where a tag is wrong. */
  readonly settings?: SecretSettings;
  readonly wrongTag?: KeyturnError;
  readonly dueAt?: Date;
  readonly late?: OverdueReason;
}

interface Judgement extends Pick<SecretStatus, "state" | "reason" | "message"> {}

/** The first that has something to say decides. */
const JUDGES: ReadonlyArray<(known: Known) => Judgement | undefined> = [
  underWay,
  afterFailure,
  misspelt,
  late,
  paused,
  byAnother,
  turn,
];

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

function judged(known: Known): Judgement {
  for (const judge of JUDGES) {
    const found = judge(known);
    if (found) return found;
  }
  return { state: "ok", reason: "NotDue", message: SKIP_REASONS.NotDue };
}

function underWay({ holder, execution }: Known): Judgement | undefined {
  if (!holder) return undefined;
  if (holder.purpose === "retirement") return { state: "running", reason: "Retiring", message: WAIT_REASONS.Retiring };
  const phase = execution?.phases.at(-1);
  if (execution && execution.status !== "running")
    return { state: "retrying", reason: "LastHolderEnded", message: WAIT_REASONS.LastHolderEnded };
  const failed = phase?.failed ?? phase?.waits.at(-1)?.failed;
  const where = phase ? `${phase.name}${phase.attempts > 1 ? `, try ${phase.attempts}` : ""}.` : "";
  if (holder.recovers || failed || (phase?.attempts ?? 0) > 1)
    return {
      state: "retrying",
      reason: failed?.code ?? "Recovery",
      message: [where, failed?.message ?? STATUS_REASONS.Recovery].filter(Boolean).join(" "),
    };
  return { state: "running", reason: "AlreadyRotating", message: where || SKIP_REASONS.AlreadyRotating };
}

function afterFailure({ last }: Known): Judgement | undefined {
  if (!last?.failures) return undefined;
  const needsPerson = last.outcome === "needs attention";
  const code = needsPerson ? "NeedsAttention" : "Failing";
  return {
    state: needsPerson ? "needs attention" : "failing",
    reason: last.reason ?? code,
    message: last.message ?? OVERDUE_REASONS[code],
  };
}

/** Before it is tried: it would fail. */
function misspelt({ wrongTag }: Known): Judgement | undefined {
  return wrongTag && { state: "failing", reason: wrongTag.code, message: parseMessage(wrongTag.message).text };
}

function late({ late: reason }: Known): Judgement | undefined {
  return reason && { state: "overdue", reason, message: OVERDUE_REASONS[reason] };
}

function paused({ secret, settings, now }: Known): Judgement | undefined {
  // No schedule's, so that of all that could hold it back only this is left.
  const found = settings && notDue({ request: { askedAt: now }, secret, settings, last: undefined }, now);
  return found?.reason === "Paused" ? { state: "paused", ...found } : undefined;
}

/** What nothing here has a clock for. */
function byAnother({ secret, deployed, schedule, clock, rules, now }: Known): Judgement | undefined {
  if (hasNativeSchedule({ rotationEnabled: false, ...secret }, rules))
    return { state: "ok", reason: "NativeSchedule", message: SKIP_REASONS.NativeSchedule };
  if (!Object.hasOwn(deployed.byName, schedule))
    return { state: "ok", reason: "NoClock", message: STATUS_REASONS.NoClock };
  if (clock.nextRun(schedule, now)) return undefined;
  return { state: "ok", reason: "NoClock", message: STATUS_REASONS.NoClock };
}

function turn(known: Known): Judgement | undefined {
  const { dueAt, now } = known;
  if (dueAt && now < dueAt) return { state: "ok", reason: "NotDue", message: `It is due at ${dueAt.toISOString()}.` };
  const next = nextRunOf(known);
  const message = next ? `Its schedule rotates it at ${next.toISOString()}.` : STATUS_REASONS.Due;
  return { state: "due", reason: "Due", message };
}

function expectedFor({ deployed, schedule }: Known) {
  return Object.hasOwn(deployed.expected, schedule) ? deployed.expected[schedule] : undefined;
}

/** The first run after all that holds it back is over. */
function nextRunOf({ secret, last, settings, schedule, dueAt, clock, now, rules }: Known): Date | undefined {
  const { pause } = settings ?? {};
  if (pause === "for good" || hasNativeSchedule({ rotationEnabled: false, ...secret }, rules)) return undefined;
  const free = latest(now, pause, triedAgainAt(secret, last), dueAt) ?? now;
  // A run at that very moment counts.
  return clock.nextRun(schedule, new Date(free.getTime() - 1));
}

function newestOf({ secret, last }: Pick<Seen, "secret" | "last">): Date {
  return dueTime({ dueAt: undefined, dueAfterDays: 0, secret, last }) ?? new Date(0);
}

function failureOf({ outcome, reason, message, endedAt, executionArn }: LastKnown, times: number): LastFailure {
  const said = reason ? { code: reason, ...(message ? { message } : {}) } : {};
  return { outcome, ...said, at: endedAt, times, execution: executionArn };
}

function latest(...times: ReadonlyArray<Date | undefined>): Date | undefined {
  return times.reduce((newest, at) => (at && (!newest || at > newest) ? at : newest), undefined);
}

function isoOf<Name extends string>(name: Name, at: Date | undefined): { [Of in Name]?: string } {
  return at ? ({ [name]: at.toISOString() } as { [Of in Name]?: string }) : {};
}
