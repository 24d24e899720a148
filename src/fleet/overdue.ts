import { KeyturnError } from "../errors.js";
import type { LastRotation } from "../rotation/ledger.js";
import { dueTime } from "../rotation/plan/due.js";
import type { SecretDescription } from "../rotation/ports.js";
import type { Rules } from "../rotation/rules.js";
import { type SecretSettings, settingsFrom } from "../rotation/settings.js";
import { type Blackout, isBlackedOut } from "../schedule/blackout.js";
import { isSelected, type Selectable, type Selection } from "./selection.js";

/** The name of the schedule that looks for secrets which should have been rotated long since. It rotates none. */
export const OVERDUE = "overdue";

/** What keyturn.yml says of a schedule, as far as it tells when a secret should have been rotated. */
export interface Expected extends Selection {
  /** So many days lie between two of its runs at most, to the nearest; 0 where nobody knows. */
  readonly everyDays: number;
  /** IANA name, of the blackouts' times. */
  readonly timezone: string;
  /** Absent: due at each run. */
  readonly dueAfterDays?: number;
  readonly blackouts?: readonly Blackout[];
}

/** Why a secret was not rotated, as far as that can be seen; the first that holds. */
export const OVERDUE_REASONS = {
  WrongTag: "A keyturn: tag of it means nothing.",
  NotSelected: "Its schedule's selection in keyturn.yml leaves it out.",
  Paused: "Its tag keyturn:pause holds its rotations.",
  NeedsAttention: "Its last rotation needs a person.",
  Failing: "Its last rotation failed.",
  Blackout: "Its schedule is in a blackout.",
  NotTried: "Nothing has tried it since it was due.",
} as const;

export type OverdueReason = keyof typeof OVERDUE_REASONS;

/** A secret that is overdue, as it is told of. */
export interface Overdue {
  readonly secretName: string;
  readonly reason: OverdueReason;
}

type Seen = Selectable & Pick<SecretDescription, "createdAt" | "changedAt" | "lastRotatedAt">;

const DAY_MS = 86_400_000;

/**
 * Why a secret is overdue; `undefined` where it is not. It is, where its schedule should have rotated it more than a day ago: has
 * surely run since it was due. One whose tag names no schedule of keyturn.yml waits for one, and is none.
 */
export function overdue(
  secret: Seen,
  last: LastRotation | undefined,
  expected: Readonly<Record<string, Expected>>,
  now: Date,
  rules: Pick<Rules, "stage">,
): OverdueReason | undefined {
  const { tags } = secret;
  if (tags["keyturn:stage"]?.trim() !== rules.stage) return undefined;
  const schedule = tags["keyturn:schedule"]?.trim() ?? "";
  const known = Object.hasOwn(expected, schedule) ? expected[schedule] : undefined;
  if (!known) return undefined;
  const settings = understood(tags, rules);
  if (now <= overdueAfter(secret, settings, last, known)) return undefined;
  return reasonOf(secret, settings, last, known, now);
}

/** Until when its schedule has time to rotate a secret, its tags being understood or not. */
export function overdueAfter(
  secret: Pick<Seen, "createdAt" | "changedAt" | "lastRotatedAt">,
  settings: Pick<SecretSettings, "dueAt"> | undefined,
  last: LastRotation | undefined,
  { dueAfterDays = 0, everyDays }: Pick<Expected, "dueAfterDays" | "everyDays">,
): Date {
  const due = dueTime({ dueAt: settings?.dueAt, dueAfterDays, secret, last });
  // Never rotated, it may have been put on its schedule only when it was changed last.
  const since = Math.max(due?.getTime() ?? 0, last ? 0 : (secret.changedAt?.getTime() ?? 0));
  return new Date(since + (everyDays + 1) * DAY_MS);
}

function reasonOf(
  secret: Seen,
  settings: SecretSettings | undefined,
  last: LastRotation | undefined,
  { timezone, blackouts = [], ...selection }: Expected,
  now: Date,
): OverdueReason {
  if (!settings) return "WrongTag";
  if (!isSelected(secret, selection)) return "NotSelected";
  const { pause } = settings;
  if (pause === "for good" || (pause && now < pause)) return "Paused";
  if (last?.failures) return last.outcome === "needs attention" ? "NeedsAttention" : "Failing";
  return isBlackedOut(blackouts, timezone, now) ? "Blackout" : "NotTried";
}

/** `undefined` where a tag is wrong. */
function understood(tags: Seen["tags"], rules: Pick<Rules, "stage">): SecretSettings | undefined {
  try {
    return settingsFrom(tags, rules);
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}
