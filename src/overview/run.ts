import { parseMessage } from "../errors.js";
import type { Totals } from "../fleet/page.js";
import type { ExecutionStatus } from "./execution.js";
import { failureOf, type HistoryEvent, json } from "./history.js";

export type Counts = Pick<Totals, "rotated" | "skipped" | "failed" | "byReason" | "leftOut">;

export const NOTHING_YET: Counts = { rotated: 0, skipped: 0, failed: 0, byReason: {}, leftOut: {} };

/** What a person is shown of a run over many secrets, while it goes on and afterwards. */
export interface Run extends Counts {
  readonly status: ExecutionStatus;
  /** The execution that is at work, or was last: a large run is several, one after the other. */
  readonly executionArn: string;
  /** The wave that is under way. */
  readonly wave?: { readonly size: number; readonly done: number };
  /** It waits for so long, because of all secrets that are left the servers are busy or silent. */
  readonly pause?: { readonly seconds: number };
  /** The execution that carries on. */
  readonly next?: string;
  /** Once it has ended. */
  readonly end?: RunEnding;
}

export interface RunEnding {
  /** `Completed`, `FleetStopped`, `ExecutionAborted`, `ExecutionTimedOut`, or the code of an error. */
  readonly reason: string;
  readonly message: string;
  /** Executions of rotations that failed, as many as are remembered. */
  readonly failures: readonly string[];
}

/**
 * Reads the history, with its data, of one execution of `rotate-fleet`. `before`: what the executions before it had counted.
 * A secret of the wave counts when it is done with, and for good when the wave is summed up.
 */
export function runIn(executionArn: string, events: readonly HistoryEvent[], before: Counts = NOTHING_YET): Run {
  let counts: Counts = before;
  let wave: Run["wave"];
  let page: readonly Result[] = [];
  let summed: SummedUp | undefined;
  let state = "";
  for (const event of events) {
    state = event.stateEnteredEventDetails?.name ?? state;
    const { name, output } = event.stateExitedEventDetails ?? {};
    if (name === undefined) continue;
    if (name === "List due secrets") {
      const size = (json(output) as Listed | undefined)?.page?.items?.length ?? 0;
      [wave, page, summed] = [{ size, done: 0 }, [], undefined];
    } else if (ENDS_ONE.has(name)) {
      const result = json(output) as Partial<Result> | undefined;
      if (typeof result?.outcome === "string")
        page = [...page, { outcome: result.outcome, reason: String(result.reason) }];
    } else if (name === "Sum up") {
      summed = (json(output) as { fleet?: SummedUp } | undefined)?.fleet;
      counts = { ...counts, ...summed?.fleet?.totals };
      [wave, page] = [undefined, []];
    }
  }
  const last = events.findLast(({ type }) => type?.startsWith("Execution"));
  const goesOn = summed?.next === "execution" || summed?.next === "pause";
  const next = goesOn && last?.type === "ExecutionSucceeded" ? nextOf(executionArn, summed?.name) : undefined;
  const status = next ? "running" : (STATUS[last?.type ?? ""] ?? "running");
  return {
    ...page.reduce(counted, counts),
    executionArn,
    status,
    ...(wave ? { wave: { size: wave.size, done: page.length } } : {}),
    ...(state === "Wait for servers" && status === "running" ? { pause: { seconds: summed?.seconds ?? 0 } } : {}),
    ...(next ? { next } : {}),
    ...(last && status !== "running" ? { end: endingOf(last, summed) } : {}),
  };
}

interface Result {
  readonly outcome: string;
  readonly reason: string;
}

interface Listed {
  readonly page?: { readonly items?: readonly unknown[] };
}

interface SummedUp {
  readonly next?: string;
  readonly name?: string;
  readonly seconds?: number;
  readonly fleet?: { readonly totals?: Totals };
  readonly detail?: { readonly summary?: unknown };
}

/** The states of a Map's iteration that may be its last; "Rotate one" leaves an outcome only where it is. */
const ENDS_ONE: ReadonlySet<string> = new Set(["Rotate one", "Started already", "Failed", "Failed otherwise"]);

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: "succeeded",
  ExecutionFailed: "failed",
  ExecutionTimedOut: "timed out",
  ExecutionAborted: "stopped",
};

function counted(counts: Counts, { outcome, reason }: Result): Counts {
  if (outcome === "succeeded" || outcome === "rolled forward") return { ...counts, rotated: counts.rotated + 1 };
  const kind = outcome === "skipped" ? "skipped" : "failed";
  const byReason = { ...counts.byReason, [reason]: (counts.byReason[reason] ?? 0) + 1 };
  return { ...counts, [kind]: counts[kind] + 1, byReason };
}

/** An execution's name stands behind its machine's. */
function nextOf(executionArn: string, name: string | undefined): string | undefined {
  return name && executionArn.replace(/[^:]*$/, name);
}

function endingOf(last: HistoryEvent, summed: SummedUp | undefined): RunEnding {
  const failures = (summed?.fleet?.totals?.failures ?? []).map(String);
  const summary = typeof summed?.detail?.summary === "string" ? summed.detail.summary : "";
  switch (last.type) {
    case "ExecutionSucceeded":
      return { reason: "Completed", message: summary, failures };
    case "ExecutionAborted":
      return {
        reason: "ExecutionAborted",
        message: "Somebody stopped the run. What was under way is brought to rest.",
        failures,
      };
    case "ExecutionTimedOut":
      return { reason: "ExecutionTimedOut", message: "The run took too long.", failures };
    default: {
      const { error, cause = "" } = last.executionFailedEventDetails ?? {};
      if (error === "FleetStopped") return { reason: error, message: cause, failures };
      const { code, message } = failureOf({ error, cause });
      const read = parseMessage(cause);
      return {
        ...(read.code === "Unknown" ? { reason: code, message } : { reason: read.code, message: read.text }),
        failures,
      };
    }
  }
}
