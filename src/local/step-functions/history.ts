import type { InterpreterEvent } from "./interpreter.js";

/** An event of an execution's history, as GetExecutionHistory gives it. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly [details: string]: unknown;
}

export type End =
  | { readonly status: "SUCCEEDED"; readonly output: string }
  | { readonly status: "FAILED" | "TIMED_OUT" | "ABORTED"; readonly error?: string; readonly cause?: string };

export interface History {
  events(): readonly HistoryEvent[];
  /** Something that a task did, in the `entry`-th state of the execution. */
  task(
    entry: number,
    type: "TaskScheduled" | "TaskSucceeded" | "TaskFailed",
    details: Readonly<Record<string, unknown>>,
  ): void;
  /** Something that the interpreter tells; the end, if it was that. */
  interpreted(event: InterpreterEvent): End | undefined;
  /** An end that the interpreter knows nothing of. */
  aborted(at: Date, error?: string, cause?: string): void;
}

type Details = Readonly<Record<string, unknown>>;

/**
 * Joins what the interpreter tells, late, with what tasks do, at once, into the order of AWS: a task's events stand
 * between its state's entry and exit. A retry has no event of its own, only the next TaskScheduled.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 * `outermost`: the names of the states that are in no Map and no Parallel; names are unique in a machine.
 */
export function history(startDate: Date, outermost: ReadonlySet<string>): History {
  const events: HistoryEvent[] = [];
  let waiting: Array<{ entry: number; at: number; type: string; details: Details }> = [];
  let entry = -1;

  const add = (type: string, at: number, details: Details = {}) => {
    const id = events.length + 1;
    events.push({ id, previousEventId: id - 1, type, timestamp: at / 1000, ...details });
  };
  const flush = (upTo: number) => {
    for (const { at, type, details } of waiting.filter((one) => one.entry <= upTo)) add(type, at, details);
    waiting = waiting.filter((one) => one.entry > upTo);
  };

  return {
    events() {
      // What a task does before its state is told of as entered would stand in the state before.
      flush(entry);
      return events;
    },

    task(at, type, details) {
      const { resource, ...rest } = details;
      const resourceType = String(resource).replace("arn:aws:states:::", "").split(":")[0];
      const key = `${type.replace(/^T/, "t")}EventDetails`;
      const text = Object.fromEntries(
        Object.entries(rest).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
      );
      waiting.push({ entry: at, at: Date.now(), type, details: { [key]: { resourceType, resource, ...text } } });
    },

    interpreted(event) {
      const at = event.timestamp;
      switch (event.type) {
        case "ExecutionStarted":
          add("ExecutionStarted", startDate.getTime(), {
            executionStartedEventDetails: { input: JSON.stringify(event.input) },
          });
          return undefined;
        case "StateEntered":
          if (outermost.has(event.state?.name ?? "")) {
            flush(entry);
            entry += 1;
          }
          add(`${event.state?.type}StateEntered`, at, {
            stateEnteredEventDetails: { name: event.state?.name, input: JSON.stringify(event.state?.input) },
          });
          return undefined;
        case "StateExited":
          flush(entry);
          add(`${event.state?.type}StateExited`, at, {
            stateExitedEventDetails: { name: event.state?.name, output: JSON.stringify(event.state?.output) },
          });
          return undefined;
        case "StateCaught":
          flush(entry);
          add(`${event.state?.type}StateExited`, at, { stateExitedEventDetails: { name: event.state?.name } });
          return undefined;
        case "MapIterationStarted":
        case "MapIterationSucceeded":
        case "MapIterationFailed":
          add(event.type, at, {
            [`${event.type.replace(/^M/, "m")}EventDetails`]: { name: event.parentState?.name, index: event.index },
          });
          return undefined;
        case "ExecutionSucceeded":
          flush(entry);
          add("ExecutionSucceeded", at, { executionSucceededEventDetails: { output: JSON.stringify(event.output) } });
          return { status: "SUCCEEDED", output: JSON.stringify(event.output) };
        case "ExecutionFailed": {
          flush(entry);
          const details = { error: event.Error ?? "States.Runtime", cause: text(event.Cause) };
          add("ExecutionFailed", at, { executionFailedEventDetails: details });
          return { status: "FAILED", ...details };
        }
        case "ExecutionTimeout":
          flush(entry);
          add("ExecutionTimedOut", at, { executionTimedOutEventDetails: { error: "States.Timeout" } });
          return { status: "TIMED_OUT", error: "States.Timeout" };
        case "ExecutionAborted":
          flush(entry);
          return { status: "ABORTED" };
        default:
          return undefined;
      }
    },

    aborted(at, error, cause) {
      flush(Number.POSITIVE_INFINITY);
      add("ExecutionAborted", at.getTime(), {
        executionAbortedEventDetails: { ...(error ? { error } : {}), ...(cause ? { cause } : {}) },
      });
    },
  };
}

function text(cause: unknown): string {
  return typeof cause === "string" ? cause : (JSON.stringify(cause) ?? "");
}
