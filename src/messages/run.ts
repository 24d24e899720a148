import { KeyturnError } from "../errors.js";
import type { SecretsOverdue } from "../events/overdue.js";
import { unreachableIn } from "../fleet/account-lists.js";
import { OVERDUE } from "../fleet/overdue.js";
import type { Fleet, Totals } from "../fleet/page.js";
import { fleetFrom, REQUEST, runName } from "../fleet/request.js";
import { parseCheck, understood } from "../rotation/request.js";
import { failedCheck } from "./checks.js";
import { executionsIn } from "./heard.js";
import type { EndedExecution } from "./on-record.js";

/** How a run of a fleet ended, as Step Functions has it. */
export interface EndedRun extends Pick<Totals, "failed"> {
  readonly end: "rotated" | "stopped" | "checked";
  readonly run: string;
  /** Absent: it was no schedule's. */
  readonly schedule?: string;
  readonly asked?: Fleet["asked"];
  /** Those that failed among them. */
  readonly all: number;
  /** Executions of rotations that failed in it; absent: people are told of each by itself, or it stopped itself. */
  readonly failures?: readonly string[];
  /** Accounts whose secrets could not be listed, each of which counts as one that failed. */
  readonly unreachable: readonly string[];
}

const SCHEDULE = /^[A-Za-z0-9_.-]{1,40}$/;
const COUNTS = /: (\d{1,9}) rotated, (\d{1,9}) skipped, (\d{1,9}) failed\b/;

/** Reads how a run ended from its execution alone; `undefined` where it did not end so. */
export function endedRun(execution: EndedExecution): EndedRun | undefined {
  const { status, output = "{}", error, cause = "" } = execution;
  const fleet = fleetOf(execution);
  if (!fleet || !SCHEDULE.test(fleet.schedule)) return undefined;
  const { schedule, asked } = fleet;
  const of = { run: runName(fleet), ...(schedule === REQUEST ? {} : { schedule }), ...(asked ? { asked } : {}) };
  if (status === "FAILED" && error === "FleetStopped") {
    const [rotated = 0, skipped = 0, failed = 0] = COUNTS.exec(cause)?.slice(1).map(Number) ?? [];
    return { ...of, end: "stopped", failed, all: rotated + skipped + failed, unreachable: [] };
  }
  const { failures, byReason, ...counts } = JSON.parse(output) as Partial<Totals>;
  const { rotated = -1, skipped = -1, failed = -1, checked = -1 } = counts;
  if (status !== "SUCCEEDED" || !areCounts(rotated, skipped, failed, checked)) return undefined;
  const unreachable = unreachableIn(byReason ?? {});
  const named = { ...(failures === undefined ? {} : { failures: executionsIn(failures) }), unreachable };
  return fleet.dryRun
    ? { ...of, end: "checked", failed, all: Math.max(checked, failed), ...named }
    : { ...of, end: "rotated", failed, all: rotated + skipped + failed, ...named };
}

/** What it was started with; `undefined` where that asked for nothing. */
function fleetOf({ input, startedAt }: EndedExecution): Fleet | undefined {
  try {
    return fleetFrom(JSON.parse(input), new Date(startedAt));
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}

/** The run that a rotation, or a dry run, says it is part of. */
export function runOf({ input, startedAt }: EndedExecution): string | undefined {
  return understood(JSON.parse(input), new Date(startedAt), parseCheck)?.run;
}

/** Whether an execution is of a rotation that failed in this run, or of a dry run that found something wrong. */
export function isFailureOf(run: string, execution: EndedExecution): boolean {
  return (execution.status !== "SUCCEEDED" || failedCheck(execution) !== undefined) && runOf(execution) === run;
}

/** What a look for overdue secrets found. `undefined` where it did not count from the beginning by itself, or found none. */
export function endedLook({ status, input, output = "{}" }: EndedExecution): SecretsOverdue | undefined {
  const { schedule, totals, cursor } = JSON.parse(input) as Partial<Fleet>;
  const found = JSON.parse(output) as Partial<SecretsOverdue>;
  const isWhole = status === "SUCCEEDED" && schedule === OVERDUE && totals === undefined && cursor === undefined;
  return isWhole && areCounts(found.overdue) && found.overdue !== 0 ? (found as SecretsOverdue) : undefined;
}

function areCounts(...values: readonly unknown[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && Number(value) >= 0);
}
