import { describe, expect, it } from "vitest";
import { progressOf as ofDeployments } from "../../src/aws/consumers/ecs.js";
import { noted } from "../../src/aws/consumers/lambda.js";
import { progressOf as ofCommand } from "../../src/aws/consumers/ssm.js";

describe("an ECS deployment", () => {
  const startedAt = new Date("2026-03-01T02:00:00Z");
  const before = new Date("2026-03-01T01:00:00Z");
  const after = new Date("2026-03-01T02:00:01Z");
  const own = { id: "ecs-svc/own", status: "PRIMARY", createdAt: after } as const;
  const other = { id: "ecs-svc/other", status: "PRIMARY" } as const;
  const counts = { runningCount: 2, desiredCount: 2, pendingCount: 0 };

  it.each<[string, Parameters<typeof ofDeployments>[0], string]>([
    ["that is rolled out", [{ ...own, rolloutState: "COMPLETED" }], "done"],
    [
      "while the one before still drains",
      [
        { ...own, rolloutState: "IN_PROGRESS" },
        { id: "ecs-svc/0", status: "ACTIVE", rolloutState: "COMPLETED" },
      ],
      "under way",
    ],
    ["that failed", [{ ...own, rolloutState: "FAILED" }], "failed"],
    [
      "that failed, and another took its place",
      [
        { ...other, createdAt: before, rolloutState: "IN_PROGRESS" },
        { ...own, status: "ACTIVE", rolloutState: "FAILED" },
      ],
      "failed",
    ],
    [
      "that was rolled back to one from before, and is forgotten",
      [{ ...other, createdAt: before, rolloutState: "COMPLETED" }],
      "failed",
    ],
    [
      "that a later one replaced, which is rolled out",
      [{ ...other, createdAt: after, rolloutState: "COMPLETED" }],
      "done",
    ],
    [
      "that a later one replaced, which is under way",
      [{ ...other, createdAt: after, rolloutState: "IN_PROGRESS" }],
      "under way",
    ],
    ["of which ECS knows no state, and that is stable", [{ ...own, ...counts }], "done"],
    ["of which ECS knows no state, and that lacks tasks", [{ ...own, ...counts, runningCount: 1 }], "under way"],
    ["of which ECS knows no state, and that starts tasks", [{ ...own, ...counts, pendingCount: 1 }], "under way"],
    [
      "of which ECS knows no state, beside another",
      [
        { ...own, ...counts },
        { id: "ecs-svc/0", status: "ACTIVE", ...counts },
      ],
      "under way",
    ],
    ["that is gone", [], "failed"],
  ])("%s", (_, deployments, progress) => {
    const found = ofDeployments(deployments, { handle: "ecs-svc/own", startedAt });
    expect(typeof found === "string" ? found : "failed").toBe(progress);
  });
});

describe("a command", () => {
  it.each<[Parameters<typeof ofCommand>[0], unknown]>([
    [[["i-1", "Success"]], "done"],
    [
      [
        ["i-1", "Success"],
        ["i-2", "InProgress"],
      ],
      "under way",
    ],
    [
      [
        ["i-1", "Failed"],
        ["i-2", "Pending"],
      ],
      "under way",
    ],
    [
      [
        ["i-1", "Failed"],
        ["i-2", "TimedOut"],
        ["i-3", "Success"],
      ],
      { failed: expect.stringContaining("i-1 (Failed), i-2 (TimedOut)") },
    ],
    [[["i-1", "Cancelled"]], { failed: expect.stringContaining("i-1 (Cancelled)") }],
    [[["i-1", "Delayed"]], "under way"],
    [[["i-1", "Cancelling"]], "under way"],
  ])("of %j is %j", (statuses, progress) => {
    expect(ofCommand(statuses)).toEqual(progress);
  });
});

describe("a function's description", () => {
  const at = new Date("2026-03-01T02:00:00Z");
  const note = "(Keyturn: take up the credential of 2026-03-01T02:00:00.000Z)";

  it.each([
    [undefined, note],
    ["", note],
    ["Takes orders", `Takes orders ${note}`],
    ["Takes orders (Keyturn: take up the credential of 2025-01-01T00:00:00.000Z)", `Takes orders ${note}`],
    ["(Keyturn: take up the credential of 2025-01-01T00:00:00.000Z)", note],
    ["Takes orders (all of them)", `Takes orders (all of them) ${note}`],
  ])("of %j becomes %j", (before, after) => {
    expect(noted(before, at)).toBe(after);
  });

  it("is never longer than Lambda takes, nor twice the same", () => {
    const long = noted("x".repeat(256), at);
    expect(long).toHaveLength(256);
    expect(long.endsWith(` ${note}`)).toBe(true);
    expect(noted(long, new Date(at.getTime() + 1))).not.toBe(long);
  });
});
