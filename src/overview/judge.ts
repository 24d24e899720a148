import { type KeyturnError, parseMessage } from "../errors.js";
import { OVERDUE_REASONS, type OverdueReason } from "../fleet/overdue.js";
import { notDue, triedAgainAt } from "../rotation/plan/due.js";
import { SKIP_REASONS, WAIT_REASONS } from "../rotation/reasons.js";
import { hasNativeSchedule } from "../rotation/rotation-function.js";
import type { SecretSettings } from "../rotation/settings.js";
import { STATUS_REASONS } from "./reasons.js";
import type { Lights, Seen } from "./seen.js";
import type { SecretState } from "./states.js";

/** What is known of a secret, and what follows of it. */
export interface Known extends Seen, Lights {
  readonly schedule: string;
  /** Absent where a tag is wrong. */
  readonly settings?: SecretSettings;
  readonly wrongTag?: KeyturnError;
  readonly dueAt?: Date;
  readonly late?: OverdueReason;
}

export interface Judgement {
  readonly state: SecretState;
  /** A code that `explain` knows. */
  readonly reason: string;
  readonly message: string;
}

/** The first that has something to say decides; if none has, it waits for its turn. */
const JUDGES: ReadonlyArray<(known: Known) => Judgement | undefined> = [
  underWay,
  afterFailure,
  misspelt,
  late,
  paused,
  byAnother,
];

/** The state of a secret, and why. */
export function judged(known: Known): Judgement {
  for (const judge of JUDGES) {
    const found = judge(known);
    if (found) return found;
  }
  return turn(known);
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
function byAnother({ secret, schedule, clock, rules, now }: Known): Judgement | undefined {
  if (hasNativeSchedule({ rotationEnabled: false, ...secret }, rules))
    return { state: "ok", reason: "NativeSchedule", message: SKIP_REASONS.NativeSchedule };
  if (clock.nextRun(schedule, now)) return undefined;
  return { state: "ok", reason: "NoClock", message: STATUS_REASONS.NoClock };
}

function turn(known: Known): Judgement {
  const { dueAt, now } = known;
  if (dueAt && now < dueAt) return { state: "ok", reason: "NotDue", message: `It is due at ${dueAt.toISOString()}.` };
  const next = nextRunOf(known);
  const message = next ? `Its schedule rotates it at ${next.toISOString()}.` : STATUS_REASONS.Due;
  return { state: "due", reason: "Due", message };
}

/** The first run after all that holds it back is over. */
export function nextRunOf({ secret, last, settings, schedule, dueAt, clock, now, rules }: Known): Date | undefined {
  const { pause } = settings ?? {};
  if (pause === "for good" || hasNativeSchedule({ rotationEnabled: false, ...secret }, rules)) return undefined;
  const free = latest(now, pause, triedAgainAt(secret, last), dueAt) ?? now;
  // A run at that very moment counts.
  return clock.nextRun(schedule, new Date(free.getTime() - 1));
}

export function latest(...times: ReadonlyArray<Date | undefined>): Date | undefined {
  return times.reduce((newest, at) => (at && (!newest || at > newest) ? at : newest), undefined);
}
