import { parseMessage } from "../errors.js";
import type { AuditRecord, Outcome } from "../rotation/ledger.js";
import { WAIT_REASONS } from "../rotation/reasons.js";
import { type Failed, failureOf, type HistoryEvent, json, type Visit, visitsIn } from "./history.js";

export type ExecutionStatus = "running" | "succeeded" | "failed" | "timed out" | "stopped";

/** What a person is shown of an execution of `rotate-secret`, while it runs and afterwards. */
export interface Execution {
  readonly status: ExecutionStatus;
  readonly startedAt?: Date;
  /** Absent: it runs. */
  readonly endedAt?: Date;
  /** Every state that was entered, for who draws the machine. */
  readonly states: readonly Visit[];
  /** What these states mean, in their order; a phase may come twice, after a wait for another execution. */
  readonly phases: readonly Phase[];
  /** What became of it; absent while it runs. */
  readonly end?: Ending;
}

export const PHASES = [
  "Plan",
  "Wait",
  "Create",
  "Replicate",
  "Set",
  "Test",
  "Finish",
  "Roll back",
  "Record",
  "Announce",
] as const;

export type PhaseName = (typeof PHASES)[number];

export interface Phase {
  readonly name: PhaseName;
  /** `cut off`: the execution was stopped, or timed out, in it. `retrying`: it failed, and waits for its next try. */
  readonly status: "running" | "retrying" | "done" | "failed" | "cut off";
  readonly startedAt: Date;
  /** Waits between tries included; absent: it goes on. */
  readonly endedAt?: Date;
  /** 0 for a wait. */
  readonly attempts: number;
  /** Between two tries, with what the first of them failed of. */
  readonly waits: readonly Wait[];
  /** What its last try failed of. */
  readonly failed?: Failed;
  /** What is waited for, where the history was read with data. */
  readonly because?: { readonly reason: string; readonly message: string };
}

export interface Wait {
  readonly failed: Failed;
  readonly from: Date;
  /** Absent: it is waited now. Until when, Step Functions does not say: the waits are random within bounds. */
  readonly until?: Date;
}

export interface Ending {
  /** Absent where the execution left no word of it: recovery finds out. */
  readonly outcome?: Outcome;
  /** A constant of `reasons.ts`, the code of an error; or `ExecutionAborted`, `ExecutionTimedOut`. */
  readonly reason: string;
  readonly message: string;
  /** The audit record, where one was written and the history was read with data. */
  readonly record?: Partial<AuditRecord>;
}

/**
 * Reads an execution's history, as far as there is one, with its data or without. It takes nothing that stands in it for
 * more than words: whoever shows them makes them plain.
 */
export function executionIn(events: readonly HistoryEvent[]): Execution {
  const states = visitsIn(events);
  const last = events.findLast(({ type }) => type?.startsWith("Execution"));
  const status = STATUS[last?.type ?? ""] ?? "running";
  const endedAt = status === "running" ? undefined : last?.timestamp;
  const startedAt = events[0]?.timestamp;
  return {
    status,
    ...(startedAt ? { startedAt } : {}),
    ...(endedAt ? { endedAt } : {}),
    states,
    phases: phasesOf(states, endedAt),
    ...(last && status !== "running" ? { end: endingOf(status, last, states) } : {}),
  };
}

/** One that was redriven runs again; `ExecutionStarted` and `ExecutionRedriven` are not in here. */
const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: "succeeded",
  ExecutionFailed: "failed",
  ExecutionTimedOut: "timed out",
  ExecutionAborted: "stopped",
};

/** The states of `rotate-secret` that a person cares for. */
const OF_STATE: Readonly<Record<string, PhaseName>> = {
  Plan: "Plan",
  "Plan again": "Plan",
  "Wait for others": "Wait",
  "Wait for its functions": "Wait",
  "Begin native rotation": "Create",
  "Create secret": "Create",
  "Create replicated secret": "Create",
  "Prepare secret": "Create",
  "Store secret": "Create",
  "Wait for replicas": "Replicate",
  "Set secret": "Set",
  "Test secret": "Test",
  "Finish secret": "Finish",
  "Roll back": "Roll back",
  Record: "Record",
  "Record outcome": "Record",
  Announce: "Announce",
  "Announce outcome": "Announce",
  "Announce unrecorded": "Announce",
};

/** States of one phase, one after the other, are one. `endedAt`: of the execution. */
function phasesOf(states: readonly Visit[], endedAt: Date | undefined): Phase[] {
  const groups: Array<{ readonly name: PhaseName; readonly visits: [Visit, ...Visit[]] }> = [];
  for (const visit of states) {
    const name = OF_STATE[visit.state];
    const before = groups.at(-1);
    if (name && before?.name === name) before.visits.push(visit);
    else if (name) groups.push({ name, visits: [visit] });
  }
  return groups.map(({ name, visits }) => phaseOf(name, visits, endedAt));
}

function phaseOf(name: PhaseName, visits: readonly [Visit, ...Visit[]], died: Date | undefined): Phase {
  const last = visits.at(-1) ?? visits[0];
  const endedAt = last.leftAt ?? died;
  const waits = visits.flatMap((visit) => waitsOf(visit, died));
  const failed = last.tries.at(-1)?.failed;
  const because = name === "Wait" ? reasonOf(last) : undefined;
  return {
    name,
    status: statusOf(last, died, failed),
    startedAt: visits[0].enteredAt,
    ...(endedAt ? { endedAt } : {}),
    attempts: visits.reduce((sum, { tries }) => sum + tries.length, 0),
    waits,
    ...(failed ? { failed } : {}),
    ...(because ? { because } : {}),
  };
}

function statusOf({ leftAt }: Visit, died: Date | undefined, failed: Failed | undefined): Phase["status"] {
  if (leftAt) return failed ? "failed" : "done";
  if (died) return "cut off";
  return failed ? "retrying" : "running";
}

function waitsOf({ tries, leftAt }: Visit, died: Date | undefined): Wait[] {
  return tries.flatMap(({ failed, endedAt }, number) => {
    if (!failed || !endedAt) return [];
    const next = tries[number + 1];
    // After the last try there is a wait only for as long as the state has not given up.
    if (!next && leftAt) return [];
    const until = next?.startedAt ?? died;
    return [{ failed, from: endedAt, ...(until ? { until } : {}) }];
  });
}

function reasonOf({ state, input }: Visit): Phase["because"] {
  if (state === "Wait for its functions") return { reason: "LastHolderEnded", message: WAIT_REASONS.LastHolderEnded };
  const plan = (input as { plan?: { reason?: unknown; message?: unknown } } | undefined)?.plan;
  return plan ? { reason: String(plan.reason), message: String(plan.message) } : undefined;
}

function endingOf(status: ExecutionStatus, last: HistoryEvent, states: readonly Visit[]): Ending {
  if (status === "succeeded") return told(json(last.executionSucceededEventDetails?.output)) ?? UNTOLD.succeeded;
  if (status !== "failed") return UNTOLD[status === "stopped" ? "stopped" : "timed out"];
  const recorded = states.findLast(({ state }) => OF_STATE[state] === "Record")?.output;
  return told((recorded as Recorded | undefined)?.end?.recorded?.detail) ?? failure(last);
}

interface Recorded {
  readonly end?: { readonly recorded?: { readonly detail?: unknown } };
}

/** What was announced, or what an execution that had nothing to announce put out. */
function told(detail: unknown): Ending | undefined {
  if (typeof detail !== "object" || detail === null || !("outcome" in detail)) return undefined;
  const record = detail as Partial<AuditRecord>;
  const { outcome, reason = "Unknown", message = "" } = record;
  if (outcome === undefined) return undefined;
  return { outcome, reason, message, ...("executionArn" in record ? { record } : {}) };
}

function failure({ executionFailedEventDetails = {} }: HistoryEvent): Ending {
  const { code, text } = parseMessage(executionFailedEventDetails.cause ?? "");
  if (code !== "Unknown") return { reason: code, message: text };
  const { code: name, message } = failureOf(executionFailedEventDetails);
  return { reason: name, message };
}

const UNTOLD = {
  succeeded: { reason: "Unknown", message: "The rotation ended; its record says how." },
  stopped: {
    reason: "ExecutionAborted",
    message: "The execution was stopped. A recovery brings database and secret to rest, within minutes.",
  },
  "timed out": {
    reason: "ExecutionTimedOut",
    message: "The execution timed out. A recovery brings database and secret to rest, within minutes.",
  },
} as const satisfies Readonly<Record<string, Ending>>;
