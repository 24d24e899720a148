import { type FleetArena, fleetInput, withRunner } from "./arena.js";
import type { Runner } from "./runner-process.js";
import { lookAt, type Stocked, stock } from "./stock.js";

export interface KilledFigures {
  readonly secrets: number;
  /** How many had been rotated when it was killed. */
  readonly killedAfter: number;
  /** AWSCURRENT that is refused, once the cloud was started again and recovery has run; and when all is done. */
  readonly lockedOut: number;
  readonly twice: number;
  /** Rotated by then, and by the run that was started again. */
  readonly recovered: number;
  readonly resumedRotated: number;
  /** In the end; one whose rotation was rolled back rests for an hour, as after any failure, and is the next run's. */
  readonly untouched: number;
}

/** Waits of a recovery are for functions that may be at work still, and here there are none. */
const SPEED = 1_000;

/** A fleet whose cloud is killed in mid-run and started again, and which then is started again, too. */
export function measureKilled(arena: FleetArena, secrets: number): Promise<KilledFigures> {
  return withRunner(arena, { speed: SPEED }, async (runner) => {
    const stocked = await stock(runner, arena, "killed", secrets);
    const input = fleetInput(arena, "killed");
    const killedAfter = Math.ceil(secrets / 3);
    await runner.run(input, killedAfter);
    await runner.killAndStart();
    await runner.recover();
    const recovered = await stateOf(runner, arena, stocked);
    const { summary } = await runner.run(input);
    const ended = await stateOf(runner, arena, stocked);
    return {
      secrets,
      killedAfter,
      lockedOut: recovered.refused + ended.refused,
      twice: ended.twice,
      recovered: recovered.rotated,
      resumedRotated: summary.rotated ?? 0,
      untouched: secrets - ended.rotated,
    };
  });
}

async function stateOf(runner: Runner, arena: FleetArena, secrets: readonly Stocked[]) {
  const found = await lookAt(runner, arena, secrets);
  return {
    rotated: found.filter(({ isRotated }) => isRotated).length,
    twice: found.filter(({ isRotatedTwice }) => isRotatedTwice).length,
    refused: found.filter(({ isRefused }) => isRefused).length,
  };
}
