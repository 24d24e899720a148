import { describe, expect, it } from "vitest";
import { type Asked, auditRecord, type RotationState } from "../../../src/rotation/record/outcome.js";
import { OWN, OWN_VERSION, plan as planned } from "../imagined/rotation.js";
import { CURRENT, execution, NOW, SECRET } from "../imagined.js";

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000).toISOString();
const ran = { executionArn: OWN, startedAt: at(0), endedAt: at(60) };
const asked: Asked = { secretArn: SECRET, request: { trigger: "event", askedAt: at(0), requestedBy: "a person" } };
const request = {
  trigger: "schedule" as const,
  askedAt: at(0),
  schedule: "nightly",
  requestedBy: "a person",
  reason: "to see",
  retireAfterMinutes: 0,
};
const plan = { ...planned, request };
const { secretArn, secretName } = plan;
const base = { secretArn, secretName, request };
const ended = { executionArn: execution("ended"), status: "ABORTED", startedAt: at(-60) };
const recover = {
  ...base,
  decision: "recover",
  reason: "ExecutionAborted",
  message: "It ended.",
  ended,
  ownVersionId: OWN_VERSION,
} as const;
const caught = (text: string, name = "ConflictError") => ({
  Error: name,
  Cause: JSON.stringify({ errorMessage: text }),
});
const back = {
  report: {
    outcome: "rolled back" as const,
    facts: ["AWSCURRENT logs in."],
    versionId: OWN_VERSION,
    previousVersionId: CURRENT,
    engine: "postgres",
    strategy: "single-user",
  },
};
const attention = { report: { ...back.report, outcome: "needs attention" as const } };
const phase = (from: number, to: number, attempts = 1) => ({ startedAt: at(from), endedAt: at(to), attempts });
const recordOf = (state: RotationState, about: Asked = asked) => auditRecord(state, ran, about);

describe("the audit record", () => {
  it("of a rotation says who asked for what, what was done, and how long each phase took, in order", () => {
    const phases = { test: phase(5, 6), create: phase(0, 2, 2), set: phase(2, 5) };
    expect(recordOf({ plan, phases })).toEqual({
      secretArn: SECRET,
      secretName: "shop/orders",
      executionArn: OWN,
      trigger: "schedule",
      schedule: "nightly",
      requestedBy: "a person",
      requestReason: "to see",
      retireAfterMinutes: 0,
      outcome: "succeeded",
      reason: "Started",
      message: plan.message,
      engine: "postgres",
      strategy: "single-user",
      previousVersionId: CURRENT,
      versionId: OWN_VERSION,
      startedAt: at(0),
      endedAt: at(60),
      phases: [
        { name: "create", ms: 2_000, attempts: 2 },
        { name: "set", ms: 3_000, attempts: 1 },
        { name: "test", ms: 1_000, attempts: 1 },
      ],
    });
  });

  it("of one that is not due says why, and of no engine, no version and no phase", () => {
    expect(recordOf({ plan: { ...base, decision: "skip", reason: "NotDue", message: "Too early." } })).toEqual({
      secretArn: SECRET,
      secretName: "shop/orders",
      executionArn: OWN,
      trigger: "schedule",
      schedule: "nightly",
      requestedBy: "a person",
      requestReason: "to see",
      retireAfterMinutes: 0,
      outcome: "skipped",
      reason: "NotDue",
      message: "Too early.",
      startedAt: at(0),
      endedAt: at(60),
      phases: [],
    });
  });

  it("of a failure says of what, and what roll back found and did", () => {
    expect(
      recordOf({ plan, failed: { set: caught("CurrentRejected: It is refused.") }, rollBack: back }),
    ).toMatchObject({
      outcome: "rolled back",
      reason: "CurrentRejected",
      message: "It is refused.",
      error: { name: "ConflictError", code: "CurrentRejected", message: "It is refused." },
      facts: ["AWSCURRENT logs in."],
    });
  });

  it("without a plan says what was asked for", () => {
    expect(recordOf({ failed: { plan: caught("NotJson: It is not JSON.") } })).toEqual({
      secretArn: SECRET,
      executionArn: OWN,
      trigger: "event",
      requestedBy: "a person",
      outcome: "failed",
      reason: "NotJson",
      message: "It is not JSON.",
      error: { name: "ConflictError", code: "NotJson", message: "It is not JSON." },
      startedAt: at(0),
      endedAt: at(60),
      phases: [],
    });
  });

  it("of nothing that is known says so", () => {
    expect(recordOf({}, { secretArn: "unknown" })).toMatchObject({
      secretArn: "unknown",
      trigger: "manual",
      reason: "Unknown",
      message: "The rotation ended.",
    });
  });

  it("of a recovery is that of the execution which ended, with what its roll back found out", () => {
    expect(recordOf({ plan: recover, rollBack: back })).toMatchObject({
      executionArn: ended.executionArn,
      recoveredBy: OWN,
      startedAt: at(-60),
      endedAt: at(60),
      outcome: "rolled back",
      reason: "ExecutionAborted",
      engine: "postgres",
      strategy: "single-user",
      previousVersionId: CURRENT,
      versionId: OWN_VERSION,
    });
  });

  it.each([
    ["clear text", { passwordSentAs: "clear text" }],
    ["verifier", {}],
    ["masked", {}],
    [undefined, {}],
  ] as const)("says that the password was sent as %s only where it may stand in the server's logs", (sentAs, told) => {
    const record = recordOf({ plan, phases: { set: { ...phase(0, 1), ...(sentAs ? { report: { sentAs } } : {}) } } });
    expect("passwordSentAs" in record ? { passwordSentAs: record.passwordSentAs } : {}).toEqual(told);
  });
});

describe("the outcome", () => {
  const failed = { set: caught("DatabaseAway: It is away.", "TransientError") };
  it.each<[string, RotationState, Asked]>([
    ["succeeded", { plan }, asked],
    ["skipped", { plan: { ...base, decision: "skip", reason: "NotDue", message: "" } }, asked],
    ["failed", { plan: { ...recover, decision: "note" } }, asked],
    ["failed", { plan, failed }, asked],
    ["rolled back", { plan, failed, rollBack: back }, asked],
    ["rolled back", { plan: recover, rollBack: back }, asked],
    ["needs attention", { plan, failed: { ...failed, rollBack: caught("DatabaseAway: It is away.") } }, asked],
    ["needs attention", { plan, failed: { rollBack: caught("DatabaseAway: It is away.") }, rollBack: back }, asked],
    ["needs attention", { failed: { plan: caught("NotJson: No.") } }, { ...asked, ended }],
    ["needs attention", { plan: { ...recover, decision: "note", reason: "RecoveryGivenUp" } }, asked],
  ])("is %s for %j", (outcome, state, about) => {
    expect(recordOf(state, about).outcome).toBe(outcome);
  });

  it("that needs a person says what to run, and no other does", () => {
    const record = recordOf({ plan, failed, rollBack: attention });
    const commands = record.settle?.flatMap(({ run }) => run).join("\n");
    for (const word of [SECRET, CURRENT, OWN_VERSION, "stateMachine:rotate-secret"]) expect(commands).toContain(word);
    expect(recordOf({ plan, failed, rollBack: back })).not.toHaveProperty("settle");
  });

  it("of a roll back that failed as well is by the error of the phase, and the other is a fact", () => {
    const rollBack = caught("DatabaseAway: It is away.", "TransientError");
    for (const both of [
      { set: caught("CurrentRejected: It is refused."), rollBack },
      { rollBack, set: caught("CurrentRejected: It is refused.") },
    ]) {
      const record = recordOf({ plan, failed: both });
      expect(record).toMatchObject({ reason: "CurrentRejected", error: { code: "CurrentRejected" } });
      expect(record.facts).toEqual([expect.stringContaining("(DatabaseAway: It is away.)")]);
    }
    expect(recordOf({ plan: recover, failed: { rollBack } })).not.toHaveProperty("error");
  });
});

describe("what an admin had to leave as it is", () => {
  const factsOf = (left?: readonly string[]) =>
    recordOf({ plan, phases: { set: { ...phase(0, 1), report: left ? { left } : {} } } }).facts;

  it("is a fact of the record", () => {
    expect(factsOf(["SELECT on a", "SELECT on b"])).toEqual([expect.stringMatching(/: SELECT on a; SELECT on b\.$/)]);
    expect(factsOf([])).toBeUndefined();
    expect(factsOf()).toBeUndefined();
  });

  it("is cut to a few, because others may have given as much as they like", () => {
    const grants = (many: number) => Array.from({ length: many }, (_, nth) => `grant ${nth}`);
    expect(factsOf(grants(10))?.[0]).toMatch(/grant 8; grant 9\.$/);
    expect(factsOf(grants(13))?.[0]).toMatch(/grant 9 and 3 more\.$/);
    expect(factsOf(["x".repeat(900)])?.[0]).toMatch(/: x{200}\.$/);
  });
});
