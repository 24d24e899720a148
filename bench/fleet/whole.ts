import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { dollarsOf } from "../../scripts/costs/dollars.js";
import { type FleetArena, fleetInput, withRunner } from "./arena.js";
import type { BareTask } from "./bare-fleet.js";
import { lookAt, type Stocked, stock } from "./stock.js";

export interface WholeFigures {
  readonly rotated: number;
  /** New passwords that do not log in. */
  readonly refused: number;
  readonly twice: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Rotations a second, as a share of those of the bare work, so many at once too, against the same cloud. */
  readonly ofBare: number;
  /** Of the process that has the cloud and its functions. */
  readonly peakMb: number;
  readonly transitions: number;
  /** Of all services. */
  readonly apiCalls: number;
  /** By scripts/costs: prices with their pages and day. */
  readonly dollarsPer1000: number;
  /** To Secrets Manager, in the second that has most. */
  readonly writesPerSecondMax: number;
}

/** Of the bare work: half before the fleet and half after it. */
const MOST_BARE = 600;

/** Rotates a whole fleet, and looks at each secret afterwards. */
export function measureWhole(arena: FleetArena, secrets: number): Promise<WholeFigures> {
  return withRunner(arena, {}, async (runner) => {
    const { concurrency } = arena;
    const stocked = await stock(runner, arena, "whole", secrets);
    const alone = await stock(runner, arena, "bare", Math.min(Math.max(2, secrets), MOST_BARE));
    const half = Math.ceil(alone.length / 2);
    // Functions and drivers are loaded once, whatever the size.
    await stock(runner, arena, "first", concurrency);
    await runner.run(fleetInput(arena, "first"));
    const bare = (some: readonly Stocked[]) =>
      bareSeconds(arena, { place: runner.place, secretIds: some.map(({ arn }) => arn), most: concurrency });

    const before = await bare(alone.slice(0, half));
    const ran = await runner.run(fleetInput(arena, "whole"));
    const barePerSecond = alone.length / (before + (await bare(alone.slice(half))));

    const found = await lookAt(runner, arena, stocked);
    const count = (is: (one: (typeof found)[number]) => boolean) => found.filter(is).length;
    const rotated = count(({ isRotated }) => isRotated);
    const perSecond = rotated / ran.seconds;
    return {
      rotated,
      refused: count(({ isRefused }) => isRefused),
      twice: count(({ isRotatedTwice }) => isRotatedTwice),
      seconds: rounded(ran.seconds, 1),
      perSecond: rounded(perSecond, 2),
      ofBare: rounded(perSecond / barePerSecond, 2),
      peakMb: Math.round(ran.peakMb),
      transitions: ran.usage.transitions,
      apiCalls: ran.apiCalls,
      dollarsPer1000: rounded((dollarsOf(ran.usage) / rotated) * 1_000, 3),
      writesPerSecondMax: ran.writesPerSecondMax,
    };
  });
}

/** In a process of its own, as the cloud's is. */
async function bareSeconds({ interrupted }: FleetArena, task: BareTask): Promise<number> {
  const child = fork(fileURLToPath(new URL("bare-fleet.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
    // Standard output is for the figures.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  try {
    const died = once(child, "exit").then(([code]): never => {
      throw new Error(`The bare work ended with ${code}.`);
    });
    died.catch(() => undefined);
    child.send(task);
    const [{ seconds, failed }] = await Promise.race([once(child, "message", { signal: interrupted }), died]);
    if (failed) throw new Error(failed);
    return seconds;
  } finally {
    child.kill("SIGKILL");
  }
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}
