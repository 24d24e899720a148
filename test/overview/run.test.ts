import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../src/overview/history.js";
import { runIn } from "../../src/overview/run.js";

const ARN = "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-fleet:first";
const NEXT = ARN.replace(/first$/, "second");

const left = (name: string, output: object): HistoryEvent => ({
  type: "TaskStateExited",
  stateExitedEventDetails: { name, output: JSON.stringify(output) },
});
const begun: HistoryEvent = { type: "ExecutionStarted" };
const listed = (size: number) => left("List due secrets", { page: { items: Array(size).fill({}) } });
const one = (outcome: string, reason = "Started") => left("Rotate one", { outcome, reason });
/** One that was caught leaves what it was entered with, and goes on to say how it failed. */
const failed = (reason: string) => [
  left("Rotate one", { machine: "m", error: { Error: reason } }),
  left("Failed", { outcome: "failed", reason }),
];
const totals = { rotated: 7, skipped: 1, failed: 0, checked: 0, byReason: { Paused: 1 }, leftOut: { NotDue: 3 } };
const summed = (next: string, more: object = {}) =>
  left("Sum up", { fleet: { next, name: "second", seconds: 30, fleet: { totals }, ...more } });
const good: HistoryEvent = { type: "ExecutionSucceeded" };
const bad = (error: string, cause: string): HistoryEvent => ({
  type: "ExecutionFailed",
  executionFailedEventDetails: { error, cause },
});
const none = { rotated: 0, skipped: 0, failed: 0, byReason: {}, leftOut: {} };

describe("a run", () => {
  it.each<[string, HistoryEvent[], object]>([
    ["that has begun", [begun], { status: "running", ...none }],
    [
      "in the middle of a wave",
      [begun, listed(5), one("succeeded"), one("skipped", "Paused"), ...failed("TransientError")],
      {
        ...{ status: "running", rotated: 1, skipped: 1, failed: 1, wave: { size: 5, done: 3 } },
        byReason: { Paused: 1, TransientError: 1 },
      },
    ],
    [
      "whose wave is summed up counts as that says",
      [begun, listed(5), one("succeeded"), summed("wave")],
      { status: "running", rotated: 7, skipped: 1, leftOut: { NotDue: 3 } },
    ],
    [
      "that is carried on",
      [begun, listed(5), one("succeeded"), summed("execution"), good],
      { status: "running", rotated: 7, next: NEXT },
    ],
    [
      "that waits for servers",
      [begun, listed(0), summed("pause"), { stateEnteredEventDetails: { name: "Wait for servers" } }],
      { status: "running", pause: { seconds: 30 } },
    ],
    [
      "that has come through",
      [begun, listed(5), summed("end", { detail: { summary: "Schedule nightly: 7 rotated." } }), good],
      { status: "succeeded", end: { reason: "Completed", message: "Schedule nightly: 7 rotated.", failures: [] } },
    ],
    [
      "that stopped itself",
      [begun, listed(1), ...failed("TransientError"), summed("stopped"), bad("FleetStopped", "It stopped itself.")],
      { status: "failed", end: { reason: "FleetStopped", message: "It stopped itself." } },
    ],
    [
      "that was refused",
      [begun, bad("InvalidSecretError", '{"errorMessage":"InvalidRequest: It was asked for wrongly."}')],
      { status: "failed", end: { reason: "InvalidRequest", message: "It was asked for wrongly." } },
    ],
    [
      "that was stopped",
      [begun, listed(5), one("succeeded"), { type: "ExecutionAborted" }],
      { status: "stopped", rotated: 1, end: { reason: "ExecutionAborted" } },
    ],
  ])("%s", (_, events, expected) => expect(runIn(ARN, events)).toMatchObject(expected));

  it("goes on counting where the execution before it ended", () =>
    expect(runIn(NEXT, [begun, listed(2), one("succeeded")], { ...none, rotated: 7 })).toMatchObject({
      rotated: 8,
      wave: { size: 2, done: 1 },
    }));

  it("takes no list that is none for one", () =>
    expect(runIn(ARN, [begun, left("List due secrets", {}), left("Sum up", {})])).toMatchObject(none));
});
