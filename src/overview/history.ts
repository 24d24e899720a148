import { readCaught } from "../rotation/caught.js";

/** What is read of an event of GetExecutionHistory; the SDK's own fit. Inputs and outputs may be absent. */
export interface HistoryEvent {
  readonly type?: string | undefined;
  readonly timestamp?: Date | undefined;
  readonly stateEnteredEventDetails?: Maybe<{ name: string; input: string }>;
  readonly stateExitedEventDetails?: Maybe<{ name: string; output: string }>;
  readonly taskFailedEventDetails?: Maybe<Thrown>;
  readonly taskTimedOutEventDetails?: Maybe<Thrown>;
  readonly taskStartFailedEventDetails?: Maybe<Thrown>;
  readonly taskSubmitFailedEventDetails?: Maybe<Thrown>;
  readonly executionSucceededEventDetails?: Maybe<{ output: string }>;
  readonly executionFailedEventDetails?: Maybe<Thrown>;
  readonly executionAbortedEventDetails?: Maybe<Thrown>;
  readonly executionTimedOutEventDetails?: Maybe<Thrown>;
}

type Maybe<Details> = { readonly [Name in keyof Details]?: Details[Name] | undefined } | undefined;

interface Thrown {
  readonly error: string;
  readonly cause: string;
}

/** An error of a function, or of the service that was called. */
export interface Failed {
  /** As Step Functions matches it. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** One attempt of a state's task. */
export interface Try {
  readonly startedAt: Date;
  /** Absent: it goes on. */
  readonly endedAt?: Date;
  readonly failed?: Failed;
}

/** A state that was entered, once. */
export interface Visit {
  readonly state: string;
  readonly enteredAt: Date;
  /** Absent: it goes on, or the execution died in it. */
  readonly leftAt?: Date;
  readonly tries: readonly Try[];
  /** What it was entered with and left with, where the history was read with data and it is JSON. */
  readonly input?: unknown;
  readonly output?: unknown;
}

/**
 * The states that were entered, in their order, of a machine that does one thing after the other: what a Map or a Parallel
 * does at once is not told apart.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export function visitsIn(events: readonly HistoryEvent[]): Visit[] {
  const visits: Open[] = [];
  let open: Open | undefined;
  for (const event of events) {
    const at = event.timestamp ?? new Date(0);
    const entered = event.stateEnteredEventDetails;
    if (entered) {
      open = { state: entered.name ?? "", enteredAt: at, tries: [], ...data("input", entered.input) };
      visits.push(open);
    } else if (open) {
      took(open, event, at);
      if (event.stateExitedEventDetails) {
        Object.assign(open, { leftAt: at, ...data("output", event.stateExitedEventDetails.output) });
        open = undefined;
      }
    }
  }
  return visits;
}

type Open = { -readonly [Name in keyof Visit]: Visit[Name] } & { readonly tries: Try[] };

function took({ tries }: Open, event: HistoryEvent, at: Date): void {
  if (event.type === "TaskScheduled") tries.push({ startedAt: at });
  const last = tries.at(-1);
  if (!last) return;
  const failed = failureIn(event);
  if (failed || event.type === "TaskSucceeded")
    tries[tries.length - 1] = { ...last, endedAt: at, ...(failed ? { failed } : {}) };
}

function failureIn(event: HistoryEvent): Failed | undefined {
  const thrown =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails;
  return thrown && failureOf(thrown);
}

/** Of an error as Step Functions keeps it. */
export function failureOf({ error, cause }: NonNullable<Maybe<Thrown>>): Failed {
  return readCaught({ ...(error ? { Error: error } : {}), ...(cause ? { Cause: cause } : {}) });
}

function data<Name extends string>(name: Name, text: string | undefined): { [Of in Name]?: unknown } {
  const value = json(text);
  return value === undefined ? {} : ({ [name]: value } as { [Of in Name]?: unknown });
}

/** `undefined` for what is no JSON. */
export function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
