import type { FleetItem, FleetResult } from "./page.js";
import { isFailed, MOST_ITEMS } from "./page.js";

/** A canary, a few, and then as many as one execution holds. */
const WAVES = [1, 10] as const;

/** The first wave that is as large as an execution can hold; those before it fit in beside it. */
export const FIRST_LARGE = WAVES.length;

/** How many secrets the wave has at most. */
export function sizeOfWave(wave: number): number {
  return WAVES[wave] ?? MOST_ITEMS;
}

/**
 * Whether a wave went so badly that the run stops; never where the schedule does not say what share may fail, in percent: whoever
 * may write some of its secrets could stop the rotations of all others by breaking his own. One failed canary is enough; afterwards one failure is never, because of
 * a few it is a large share and says little. Secrets that failed before this run do not count: one that nobody mends must
 * not stop all others night after night.
 */
export function isStopped(
  wave: number,
  items: readonly FleetItem[],
  results: readonly FleetResult[],
  tolerated: number | undefined,
): boolean {
  if (tolerated === undefined) return false;
  const fresh = results.filter((_, index) => !items[index]?.failing);
  const failed = fresh.filter(isFailed).length;
  if (sizeOfWave(wave) === 1) return failed > 0;
  return failed > Math.max(1, (fresh.length * tolerated) / 100);
}
