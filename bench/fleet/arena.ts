import type { PostgresServer } from "../../src/local/postgres/server.js";
import { type Runner, type RunnerOptions, startRunner } from "./runner-process.js";

/** Where fleets are run, and how. */
export interface FleetArena {
  readonly database: PostgresServer;
  /** How many rotations of a fleet at once, and bare ones. */
  readonly concurrency: number;
  /** How many secrets are on the server that hangs. */
  readonly hung: number;
  /** What the start of each fleet has besides: what a schedule of keyturn.yml may say. */
  readonly more: object;
  readonly interrupted: AbortSignal;
}

/** A cloud of its own for a part, gone with it. */
export async function withRunner<Result>(
  { database, interrupted }: FleetArena,
  options: Pick<RunnerOptions, "speed" | "environments">,
  part: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  const { caFile = "" } = database;
  const runner = await startRunner({ ...options, caFile }, interrupted);
  try {
    return await part(runner);
  } finally {
    await runner.stop();
  }
}

/** What a schedule starts a fleet with. */
export function fleetInput({ concurrency, more }: FleetArena, schedule: string): object {
  return { schedule, scheduledAt: new Date().toISOString(), concurrency, ...more };
}
