import type { LastRotation } from "../ledger.js";
import type { SecretDescription } from "../ports.js";
import { SKIP_REASONS, type SkipReason } from "../reasons.js";
import type { RotationRequest } from "../request.js";
import type { SecretSettings } from "../settings.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is known of a secret when it is asked whether it is its turn. */
export interface Turn {
  readonly request: Pick<
    RotationRequest,
    "schedule" | "askedAt" | "dueAfterDays" | "startBefore" | "retireAfterMinutes"
  >;
  readonly secret: Pick<SecretDescription, "createdAt" | "changedAt" | "lastRotatedAt">;
  readonly settings: Pick<SecretSettings, "pause" | "dueAt">;
  readonly last: LastRotation | undefined;
  /** Whether Secrets Manager's own schedule counts for it. */
  readonly nativeSchedule?: boolean;
}

export interface NotDue {
  readonly reason: SkipReason;
  /** For a person, with the time from which on it is otherwise where that is known. */
  readonly message: string;
}

type Check = (turn: Turn, now: Date) => NotDue | undefined;

/**
 * The first that has something to say decides. The first two hold whoever asks, `native` and `backingOff` schedules only;
 * `blackedOut` and `young` hold by what the request itself says, which schedules say and hardly anybody else.
 */
const CHECKS: readonly Check[] = [paused, answered, native, blackedOut, backingOff, young];

/** Why it is not a secret's turn; `undefined` where it is. */
export function notDue(turn: Turn, now: Date): NotDue | undefined {
  for (const check of CHECKS) {
    const found = check(turn, now);
    if (found) return found;
  }
  return undefined;
}

function paused({ settings: { pause } }: Turn, now: Date): NotDue | undefined {
  if (pause === undefined || (pause !== "for good" && now >= pause)) return undefined;
  const until = pause === "for good" ? "Take the tag keyturn:pause off to go on." : `It is so until ${iso(pause)}.`;
  return because("Paused", until);
}

/**
 * A rotation answers it only if it began after the question, and kills the old credential as soon: who asks because a password
 * leaked wants one that was made since, and none before it to live.
 */
function answered({ request: { askedAt, retireAfterMinutes }, last }: Turn): NotDue | undefined {
  if (!last?.begunAt || new Date(last.begunAt) < askedAt) return undefined;
  const isLonger = retireAfterMinutes !== undefined && (last.retireAfterMinutes ?? Infinity) > retireAfterMinutes;
  return isLonger ? undefined : because("RotatedSinceAsked");
}

/** Two schedules would each count on what the other does not know. */
function native({ request, nativeSchedule }: Turn): NotDue | undefined {
  return request.schedule && nativeSchedule ? because("NativeSchedule") : undefined;
}

function blackedOut({ request: { startBefore } }: Turn, now: Date): NotDue | undefined {
  return startBefore && now >= startBefore ? because("Blackout", `It began at ${iso(startBefore)}.`) : undefined;
}

function backingOff({ request, secret, last }: Turn, now: Date): NotDue | undefined {
  const again = request.schedule ? triedAgainAt(secret, last) : undefined;
  if (!last?.failures || !again || now >= again) return undefined;
  const times = last.failures === 1 ? "once" : `${last.failures} times in a row`;
  return because("BackingOff", `It failed ${times}. It is tried by its schedule again from ${iso(again)} on.`);
}

/**
 * From when on its schedule tries a secret again that failed: at once where anybody has changed the secret or its tags since, which
 * may have mended what it failed of.
 */
export function triedAgainAt(
  { changedAt }: Pick<Turn["secret"], "changedAt">,
  last: LastRotation | undefined,
): Date | undefined {
  if (!last?.failures) return undefined;
  const endedAt = new Date(last.endedAt);
  if (changedAt && changedAt > endedAt) return undefined;
  return new Date(endedAt.getTime() + Math.min(HOUR_MS * 2 ** (last.failures - 1), DAY_MS));
}

function young({ request: { schedule, dueAfterDays }, secret, settings: { dueAt }, last }: Turn, now: Date) {
  const due = dueTime({ dueAt: schedule ? dueAt : undefined, dueAfterDays, secret, last });
  return due && now < due ? because("NotDue", `It is due at ${iso(due)}.`) : undefined;
}

/** When a secret is due: at the time that was set for it, until it was rotated at or after that; else by its age. */
export function dueTime({
  dueAt,
  dueAfterDays,
  secret,
  last,
}: Pick<Turn, "secret" | "last"> & {
  readonly dueAt: Date | undefined;
  readonly dueAfterDays: number | undefined;
}): Date | undefined {
  const newest = newestOf(secret, last);
  if (dueAt && newest < dueAt.getTime()) return dueAt;
  return dueAfterDays === undefined ? undefined : new Date(newest + dueAfterDays * DAY_MS);
}

/** When it was changed last by a rotation of ours or of Secrets Manager's, or by being made. */
function newestOf({ createdAt, lastRotatedAt }: Turn["secret"], last: LastRotation | undefined): number {
  const ours = last?.rotatedAt ? new Date(last.rotatedAt) : undefined;
  return Math.max(...[ours, lastRotatedAt, createdAt].map((at) => at?.getTime() ?? 0));
}

function because(reason: SkipReason, more?: string): NotDue {
  return { reason, message: more ? `${SKIP_REASONS[reason]} ${more}` : SKIP_REASONS[reason] };
}

function iso(at: Date): string {
  return at.toISOString();
}
