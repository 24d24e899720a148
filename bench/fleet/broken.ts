import { isDeepStrictEqual } from "node:util";
import { SecretsManagerClient, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { sizeOfWave } from "../../src/fleet/waves.js";
import { type FleetArena, fleetInput, withRunner } from "./arena.js";
import { asListed, labelsOfAll, lookAt, stock } from "./stock.js";

export interface BrokenFigures {
  readonly secrets: number;
  readonly broken: number;
  /** From 1; null where the run did not stop itself. */
  readonly stoppedInWave: number | null;
  readonly untouched: number;
  /** Of these, whose versions are not as before. */
  readonly untouchedChanged: number;
  /** By the run that was started again after mending. */
  readonly resumedRotated: number;
  /** When all is done: not rotated, rotated twice, or refused. */
  readonly wrong: number;
}

/** Three of ten, and not the first, which is the canary. */
const isBroken = (_: unknown, index: number) => [3, 6, 9].includes(index % 10);

/** A probe that fails with the new credential, as where a table was renamed. */
const PROBE = { Key: "keyturn:probe", Value: "select no_such_column" };

/** A fleet of which many fail: it stops itself, and goes on with what is left when it is started again. */
export function measureBroken(arena: FleetArena, secrets: number): Promise<BrokenFigures> {
  return withRunner(arena, {}, async (runner) => {
    const stocked = await stock(runner, arena, "broken", secrets);
    const inOrder = await asListed(runner, stocked);
    const broken = inOrder.filter(isBroken);
    const client = new SecretsManagerClient(runner.place.clientConfig);
    for (const { arn } of broken) await client.send(new TagResourceCommand({ SecretId: arn, Tags: [PROBE] }));
    const before = await labelsOfAll(runner, inOrder);
    const input = { toleratedFailurePercent: 5, ...fleetInput(arena, "broken") };
    const stopped = await runner.run(input);
    const after = await labelsOfAll(runner, inOrder);

    const untouched = inOrder.map((_, index) => index).slice(inWaves(stopped.waves));
    const isChanged = (index: number) => !isDeepStrictEqual(before[index], after[index]);
    for (const { arn } of broken) await client.send(new UntagResourceCommand({ SecretId: arn, TagKeys: [PROBE.Key] }));
    const resumed = await runner.run(input);
    const found = await lookAt(runner, arena, stocked);
    return {
      secrets,
      broken: broken.length,
      stoppedInWave: stopped.status === "FAILED" ? stopped.waves : null,
      untouched: untouched.length,
      untouchedChanged: untouched.filter(isChanged).length,
      resumedRotated: resumed.summary.rotated ?? 0,
      wrong: found.filter(({ isRotated, isRotatedTwice, isRefused }) => !isRotated || isRotatedTwice || isRefused)
        .length,
    };
  });
}

/** How many secrets the first waves take up. */
function inWaves(waves: number): number {
  return Array.from({ length: waves }, (_, wave) => sizeOfWave(wave)).reduce((sum, size) => sum + size, 0);
}
