import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { spread } from "../spread.js";
import { startApplication } from "./applications.js";
import type { Moments, Seen } from "./messages.js";
import type { Place } from "./places.js";

export interface AvailabilityFigures {
  readonly application: string;
  readonly engine: string;
  readonly strategy: string;
  readonly rotations: number;
  /** Logins that were tried, and those that the database refused. */
  readonly attempts: number;
  readonly refused: number;
  readonly errorsSeenByApplication: number;
  /** From a refused login to the next that is accepted; of the rotations that had a gap, null where none had. */
  readonly longestGapMs: number | null;
  readonly medianGapMs: number | null;
  readonly openConnectionsDropped: number;
}

const HELD = 3;
/** Rotations come every second here, not every month. A credential is kept for less than that, as it is with 5 minutes. */
const TTL_MS = 200;
const PAUSE_MS = 2 * TTL_MS;
const WARM_UP = 3;

/** Rotates so often, one after the other, while both applications are at work. */
export async function measureAvailability(
  strategy: string,
  place: Place,
  rotations: number,
  interrupted: AbortSignal,
): Promise<AvailabilityFigures[]> {
  const { cloud, driver, secretId, caFile } = place;
  for (let turn = 0; turn < Math.min(WARM_UP, rotations); turn += 1) {
    interrupted.throwIfAborted();
    await rotate(place);
  }
  const tasks = (["keyturn client", "naive"] as const).map((application) => ({
    ...{ application, driver, secretId, caFile },
    ...{ held: HELD, ttlMs: TTL_MS },
  }));
  const applications = await Promise.all(tasks.map((task) => startApplication(cloud, task)));
  try {
    const starts: number[] = [];
    for (let turn = 0; turn < rotations; turn += 1) {
      interrupted.throwIfAborted();
      starts.push(Date.now());
      await rotate(place);
      await sleep(PAUSE_MS);
    }
    return await Promise.all(
      applications.map(async ({ task, stop }) => ({
        application: task.application,
        engine: place.engine,
        strategy,
        ...figures(starts, await stop()),
      })),
    );
  } finally {
    for (const { kill } of applications) kill();
  }
}

async function rotate({ cloud, secretId }: Place): Promise<void> {
  const sfn = new SFNClient(cloud.clientConfig);
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: cloud.resource("RotateSecret").ref,
      input: JSON.stringify({ secretId }),
    }),
  );
  await cloud.settled();
  const { output = "{}", cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { outcome, reason } = JSON.parse(output) as { outcome?: string; reason?: string };
  if (outcome !== "succeeded") throw new Error(`A rotation ended otherwise: ${cause ?? `${outcome}, ${reason}`}`);
}

type Counted = Omit<AvailabilityFigures, "application" | "engine" | "strategy">;

function figures(starts: readonly number[], seen: Seen): Counted {
  if (seen.firstError) console.error(`The first error that an application got was ${seen.firstError}`);
  const longest = starts
    .map((start, turn) => longestIn(seen.gaps, start, starts[turn + 1] ?? Number.POSITIVE_INFINITY))
    .filter((ms) => ms !== undefined);
  return {
    rotations: starts.length,
    attempts: seen.attempts,
    refused: seen.refused,
    errorsSeenByApplication: seen.errors,
    longestGapMs: longest.length > 0 ? Math.round(Math.max(...longest)) : null,
    medianGapMs: longest.length > 0 ? spread(longest).median : null,
    openConnectionsDropped: seen.dropped,
  };
}

function longestIn(gaps: readonly Moments[], start: number, end: number): number | undefined {
  const found = gaps.filter(({ from }) => from >= start && from < end).map(({ from, to }) => to - from);
  return found.length > 0 ? Math.max(...found) : undefined;
}
