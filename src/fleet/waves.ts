import type { Fleet, FleetItem, FleetResult } from "./page.js";
import { isFailed, MOST_ITEMS } from "./page.js";

/** A canary, a few, and then as many as one execution holds. */
const WAVES = [1, 10] as const;

/** With no more items than this a small wave leaves room in its execution: it may have any number that it is not measured by. */
export const MOST_BESIDE = WAVES[1];

/** The first wave that is as large as an execution can hold; those before it fit in beside it. */
export const FIRST_LARGE = WAVES.length;

/** How many secrets the wave has at most. */
export function sizeOfWave(wave: number): number {
  return WAVES[wave] ?? MOST_ITEMS;
}

/**
 * Whether a run goes in waves that are judged: only where its schedule says what share may fail. Whoever may write some of a
 * schedule's secrets could otherwise stop the rotations of all others by breaking his own, or hold them up by a slow canary.
 */
export function inWaves({ toleratedFailurePercent, dryRun }: Fleet): boolean {
  return toleratedFailurePercent !== undefined && !dryRun;
}

/**
 * Whether a run is judged by what becomes of this one, and its waves are measured by it. Not by one that failed before the run:
 * one that nobody mends must not stop all others night after night. Nor by one of another account: its owner could stop the run.
 */
export function tells({ failing, elsewhere }: Pick<FleetItem, "failing" | "elsewhere">): boolean {
  return !failing && !elsewhere;
}

/**
 * Whether a wave went so badly that the run stops. `tolerated`: the share that may fail, in percent, of those that tell. One
 * failed canary is enough; afterwards one failure is never, because of a few it is a large share and says little.
 */
export function isStopped(
  wave: number,
  items: readonly FleetItem[],
  results: readonly FleetResult[],
  tolerated: number,
): boolean {
  const telling = results.filter((_, index) => tells(items[index] ?? {}));
  const failed = telling.filter(isFailed).length;
  if (sizeOfWave(wave) === 1) return failed > 0;
  return failed > Math.max(1, (telling.length * tolerated) / 100);
}
