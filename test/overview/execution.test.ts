import { describe, expect, it } from "vitest";
import { phasesIn } from "../../src/aws/executions.js";
import { executionIn } from "../../src/overview/execution.js";
import type { HistoryEvent } from "../../src/overview/history.js";

const START = Date.parse("2026-03-01T02:00:00Z");

/** A history, an event a second: `Plan {` enters a state, `}` leaves it, `?` schedules its task, `✔` and `✘` end that. */
function history(text: string, data: { input?: object; output?: object; detail?: object } = {}): HistoryEvent[] {
  const end = { end: { recorded: { detail: data.detail } } };
  const events: Readonly<Record<string, Omit<HistoryEvent, "timestamp">>> = {
    "?": { type: "TaskScheduled" },
    "✔": { type: "TaskSucceeded" },
    "✘": { type: "TaskFailed", taskFailedEventDetails: UNREACHABLE },
    "⌛": { type: "TaskTimedOut", taskTimedOutEventDetails: { error: "States.Timeout" } },
    "}": { type: "TaskStateExited", stateExitedEventDetails: data.detail ? { output: JSON.stringify(end) } : {} },
    good: { type: "ExecutionSucceeded", executionSucceededEventDetails: { output: JSON.stringify(data.output ?? 1) } },
    bad: {
      type: "ExecutionFailed",
      executionFailedEventDetails: { error: "TransientError", cause: "Unreachable: No answer." },
    },
    stopped: { type: "ExecutionAborted", executionAbortedEventDetails: { error: "x", cause: "y" } },
    late: { type: "ExecutionTimedOut", executionTimedOutEventDetails: { error: "States.Timeout" } },
    redriven: { type: "ExecutionRedriven" },
  };
  const words = text.match(/[\w ]+ \{|\S+/g) ?? [];
  return [
    { type: "ExecutionStarted", timestamp: new Date(START) },
    ...words.map((word, second) => ({
      timestamp: new Date(START + 1_000 * (second + 1)),
      ...(events[word] ?? {
        type: "TaskStateEntered",
        stateEnteredEventDetails: {
          name: word.replace(" {", "").trim(),
          ...(data.input ? { input: JSON.stringify(data.input) } : {}),
        },
      }),
    })),
  ];
}

const UNREACHABLE = {
  error: "TransientError",
  cause: JSON.stringify({ errorType: "TransientError", errorMessage: "Unreachable: No answer." }),
};
const FAILED = { name: "TransientError", code: "Unreachable", message: "No answer." };

/** Each phase as a line: how often, how long, how it is. */
function lines(text: string, data?: Parameters<typeof history>[1]): string[] {
  return executionIn(history(text, data)).phases.map(({ name, status, startedAt, endedAt, attempts, waits }) => {
    const took = endedAt ? `${(endedAt.getTime() - startedAt.getTime()) / 1_000} s` : "…";
    const waited = waits.map(({ failed: { code }, from, until }) => {
      const seconds = until ? `${(until.getTime() - from.getTime()) / 1_000} s` : "…";
      return `, waited ${seconds} after ${code}`;
    });
    return `${name} ${status} ${took} x${attempts}${waited.join("")}`;
  });
}

describe("the phases of an execution", () => {
  it.each([
    [
      "one after the other",
      "Plan { ? ✔ } Decide { } Create secret { ? ✔ }",
      ["Plan done 3 s x1", "Create done 3 s x1"],
    ],
    ["under way", "Plan { ? ✔ } Set secret { ?", ["Plan done 3 s x1", "Set running … x1"]],
    ["that waits for its next try", "Set secret { ? ✘", ["Set retrying … x1, waited … after Unreachable"]],
    ["tried again, and well", "Set secret { ? ✘ ? ✔ }", ["Set done 5 s x2, waited 1 s after Unreachable"]],
    [
      "given up",
      "Set secret { ? ✘ ? ⌛ } Roll back { ? ✔ }",
      ["Set failed 5 s x2, waited 1 s after Unreachable", "Roll back done 3 s x1"],
    ],
    ["in which it was stopped", "Set secret { ? stopped", ["Set cut off 2 s x1"]],
    ["stopped between two tries", "Set secret { ? ✘ stopped", ["Set cut off 3 s x1, waited 1 s after Unreachable"]],
    [
      "of two states",
      "Prepare secret { ? ✔ } Store secret { ? ✘ ? ✔ } Are there replicas { } Set secret {",
      ["Create done 9 s x3, waited 1 s after Unreachable", "Set running … x0"],
    ],
    [
      "twice, after a wait",
      "Plan { ? ✔ } Wait for others { } Plan again { ? ✔ }",
      ["Plan done 3 s x1", "Wait done 1 s x0", "Plan done 3 s x1"],
    ],
  ])("%s", (_, text, expected) => expect(lines(text)).toEqual(expected));

  it("say what is waited for, where there is data", () => {
    const plan = { reason: "AlreadyRotating", message: "Another execution is rotating the secret now." };
    expect(executionIn(history("Wait for others {", { input: { plan } })).phases[0]?.because).toEqual(plan);
    expect(executionIn(history("Wait for others {")).phases[0]?.because).toBeUndefined();
  });

  it("are what audit records keep of them", () =>
    expect(phasesIn(history("Plan { ? ✔ } Set secret { ? ✘ ? ✘ } Roll back { ? ✔ } Record outcome { ?"))).toEqual([
      { name: "set", ms: 5_000, attempts: 2 },
      { name: "rollBack", ms: 3_000, attempts: 1 },
    ]));
});

describe("the end of an execution", () => {
  const of = (text: string, data?: Parameters<typeof history>[1]) => {
    const { status, end } = executionIn(history(text, data));
    return { status, ...end };
  };
  const record = { executionArn: "arn", outcome: "rolled back", reason: "Unreachable", message: "No answer." };

  it.each([
    ["has none while it runs", of("Plan {"), { status: "running" }],
    ["has none where it was redriven", of("Plan { bad redriven"), { status: "running" }],
    [
      "is what it put out",
      of("Plan { } good", { output: { ...record, outcome: "succeeded" } }),
      { status: "succeeded", outcome: "succeeded", reason: "Unreachable", record: { outcome: "succeeded" } },
    ],
    [
      "is what it put out without a record",
      of("Plan { } good", { output: { outcome: "skipped", reason: "StillRunning", message: "It runs." } }),
      { status: "succeeded", outcome: "skipped", reason: "StillRunning", message: "It runs." },
    ],
    [
      "is the record of one that failed",
      of("Record outcome { ? ✔ } bad", { detail: record }),
      { status: "failed", outcome: "rolled back", reason: "Unreachable", record },
    ],
    [
      "is its error, without data",
      of("Record outcome { ? ✔ } bad"),
      { status: "failed", reason: "Unreachable", message: "No answer." },
    ],
    ["is that it was stopped", of("Set secret { stopped"), { status: "stopped", reason: "ExecutionAborted" }],
    ["is that it timed out", of("Set secret { late"), { status: "timed out", reason: "ExecutionTimedOut" }],
    ["is unknown where nothing says so", of("Plan { } good"), { status: "succeeded", reason: "Unknown" }],
  ])("%s", (_, found, expected) => expect(found).toMatchObject(expected));

  it("keeps what each try failed of", () => {
    const [state] = executionIn(history("Set secret { ? ✘ ? ✔ }")).states;
    expect(state?.tries.map(({ failed }) => failed)).toEqual([FAILED, undefined]);
  });
});
