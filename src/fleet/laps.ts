/** Secrets that had to wait for their database's server are come back to, once all others had their turn. */

/** How many secrets wait, by reason. */
export type Waiting = Readonly<Record<string, number>>;

/** One way through all secrets of a run. */
export interface Lap {
  /** From 0. */
  readonly number: number;
  readonly waiting: Waiting;
  readonly rotated: number;
  /** How many laps before it, one after the other, got nothing done. */
  readonly idle: number;
}

export const FIRST_LAP: Lap = { number: 0, waiting: {}, rotated: 0, idle: 0 };

/** Bytes of the secrets that a run remembers to have failed. */
const MOST_FAILED_BYTES = 15_000;

/** What is remembered of those: what was refused before its lock was taken left no other trace. */
export function rememberFailed(before: readonly string[] = [], failed: readonly string[]): readonly string[] {
  let bytes = 0;
  return [...before, ...failed].filter((arn) => {
    bytes += Buffer.byteLength(arn) + 3;
    return bytes <= MOST_FAILED_BYTES;
  });
}

/** Why a secret is in the next lap again. */
const AGAIN: readonly string[] = ["ServerBusy", "ServerSilent", "Staggered"];

export function comesAgain({ outcome, reason }: { readonly outcome: string; readonly reason: string }): boolean {
  return outcome === "skipped" && AGAIN.includes(reason);
}

/** Seconds before a lap that follows one in which nothing was done; doubled each time. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 300;
/** After which a run leaves to the next what waits still: some twenty minutes. */
const MOST_IDLE = 8;

/**
 * The lap after this one and the seconds before it; `undefined` where nothing waits, or has for too long. Where all that wait are
 * kept apart from each other, one of each server has begun now, and the next may after `staggerMinutes`.
 */
export function nextLap(
  { number, waiting, rotated, idle }: Lap,
  staggerMinutes = 0,
): { lap: Lap; seconds: number } | undefined {
  const reasons = Object.keys(waiting);
  if (reasons.length === 0) return undefined;
  const times = rotated > 0 ? 0 : idle + 1;
  if (times > MOST_IDLE) return undefined;
  const pause = times === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (times - 1), LONGEST_PAUSE);
  const seconds = reasons.every((reason) => reason === "Staggered") ? Math.max(pause, 60 * staggerMinutes) : pause;
  return { lap: { ...FIRST_LAP, number: number + 1, idle: times }, seconds };
}
