import { describe, expect, it } from "vitest";
import type { ListedSecret } from "../../src/fleet/page.js";
import type { Execution, Phase } from "../../src/overview/execution.js";
import { clockOf, type DeployedTrigger, deployedSchedules } from "../../src/overview/schedules.js";
import { isWell, secretStatus } from "../../src/overview/secret-status.js";
import type { Seen } from "../../src/overview/seen.js";
import type { Holder, LastKnown } from "../../src/rotation/ledger.js";

const NOW = new Date("2026-06-15T12:00:00Z");
const DAY_MS = 86_400_000;
const ARN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders-AbCdEf";

const trigger = (name: string, expression: string, input: object = {}): DeployedTrigger => ({
  name,
  expression,
  timezone: "Etc/UTC",
  flexibleWindowMinutes: 0,
  enabled: true,
  createdAt: new Date("2026-01-01T00:00:00Z"),
  input: JSON.stringify({ schedule: name, ...input }),
});

const deployed = deployedSchedules([
  trigger("nightly", "cron(0 2 * * ? *)", { dueAfterDays: 30 }),
  trigger("weekly", "cron(0 2 ? * SUN *)"),
  { name: "later", after: "weekly", flexibleWindowMinutes: 0, enabled: true, input: '{"schedule":"later"}' },
]);
const lights = { deployed, clock: clockOf(deployed), now: NOW, rules: { stage: "dev" } };

const days = (ago: number) => new Date(NOW.getTime() - ago * DAY_MS);

function secret(ageDays: number, tags: Record<string, string> = {}, more: Partial<ListedSecret> = {}): ListedSecret {
  return {
    arn: ARN,
    name: "shop/orders",
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly", ...tags },
    createdAt: days(ageDays),
    ...more,
  };
}

const last = (more: Partial<LastKnown> = {}): LastKnown => ({
  executionArn: "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:one",
  outcome: "succeeded",
  endedAt: days(10).toISOString(),
  begunAt: days(10).toISOString(),
  rotatedAt: days(10).toISOString(),
  engine: "postgres",
  strategy: "single-user",
  ...more,
});

const failed = (outcome: LastKnown["outcome"]) =>
  last({
    outcome,
    endedAt: days(0.01).toISOString(),
    failures: 2,
    reason: "LoginRejected",
    message: "The server refused the login.",
  });

const holder: Holder = { executionArn: "arn:execution", since: NOW.toISOString(), purpose: "rotation" };

const at = (phase: Partial<Phase>): Execution => ({
  status: "running",
  states: [],
  phases: [{ name: "Set", status: "running", startedAt: NOW, attempts: 1, waits: [], ...phase }],
});

describe("a secret's state", () => {
  it.each<[string, Seen, object]>([
    ["rotated lately", { secret: secret(90), last: last() }, { state: "ok", reason: "NotDue" }],
    ["new", { secret: secret(1) }, { state: "ok", reason: "NotDue" }],
    ["past its age", { secret: secret(30.2) }, { state: "due", reason: "Due", nextRunAt: "2026-06-16T02:00:00.000Z" }],
    ["late", { secret: secret(33) }, { state: "overdue", reason: "NotTried", overdue: "NotTried" }],
    [
      "late, and failing",
      { secret: secret(90), last: { ...failed("rolled back"), rotatedAt: days(40).toISOString() } },
      { state: "failing", reason: "LoginRejected", overdue: "Failing" },
    ],
    [
      "failed",
      { secret: secret(90), last: failed("failed") },
      {
        state: "failing",
        message: "The server refused the login.",
        failure: { outcome: "failed", code: "LoginRejected", times: 2 },
        // Twice in a row: two hours after the last failure, but it is not due before that.
        nextRunAt: "2026-07-06T02:00:00.000Z",
      },
    ],
    [
      "in need of a person",
      { secret: secret(90), last: failed("needs attention") },
      { state: "needs attention", reason: "LoginRejected" },
    ],
    [
      "failed before such things were remembered",
      { secret: secret(90), last: last({ outcome: "failed", failures: 1 }) },
      { state: "failing", reason: "Failing", failure: { outcome: "failed", times: 1 } },
    ],
    [
      "with a wrong tag",
      { secret: secret(1, { "keyturn:strategy": "none" }) },
      { state: "failing", reason: "WrongTag", message: expect.stringContaining("keyturn:strategy") },
    ],
    [
      "paused until a day",
      { secret: secret(1, { "keyturn:pause": "2026-07-20" }) },
      { state: "paused", reason: "Paused", nextRunAt: "2026-07-20T02:00:00.000Z" },
    ],
    ["paused for good", { secret: secret(1, { "keyturn:pause": "true" }) }, { state: "paused" }],
    [
      "paused, and late by it",
      { secret: secret(40, { "keyturn:pause": "true" }) },
      { state: "overdue", reason: "Paused" },
    ],
    [
      "rotated by Secrets Manager's schedule",
      {
        secret: secret(
          1,
          {},
          {
            rotationEnabled: true,
            rotationFunction: "arn:aws:lambda:eu-central-1:000000000000:function:keyturn-dev-rotate-natively",
            rotationDays: 30,
          },
        ),
      },
      { state: "ok", reason: "NativeSchedule" },
    ],
    [
      "on a schedule that is not deployed",
      { secret: secret(400, { "keyturn:schedule": "nigthly" }) },
      { state: "ok", reason: "NoClock" },
    ],
    [
      "on a schedule without an age, rotated since its last run",
      { secret: secret(90, { "keyturn:schedule": "weekly" }), last: last({ rotatedAt: days(1).toISOString() }) },
      { state: "ok", reason: "NotDue", dueAt: "2026-06-21T02:00:00.000Z" },
    ],
    [
      "on one that comes after it, not rotated since",
      { secret: secret(90, { "keyturn:schedule": "later" }), last: last({ rotatedAt: days(3).toISOString() }) },
      { state: "due", dueAt: "2026-06-14T02:00:00.000Z", nextRunAt: "2026-06-21T02:00:00.000Z" },
    ],
    [
      "being rotated",
      { secret: secret(90), last: last(), holder, execution: at({}) },
      { state: "running", reason: "AlreadyRotating", message: "Set.", execution: "arn:execution" },
    ],
    ["being rotated, nobody knows how far", { secret: secret(90), holder }, { state: "running" }],
    [
      "being rotated once more",
      {
        secret: secret(90),
        holder,
        execution: at({ attempts: 2, failed: { name: "TransientError", code: "Unreachable", message: "No answer." } }),
      },
      { state: "retrying", reason: "Unreachable", message: "Set, try 2. No answer." },
    ],
    [
      "left locked by what has ended",
      { secret: secret(90), holder, execution: { ...at({}), status: "stopped" } },
      { state: "retrying", reason: "LastHolderEnded" },
    ],
    [
      "with its old credential being retired",
      { secret: secret(90), last: last(), holder: { ...holder, purpose: "retirement" } },
      { state: "running", reason: "Retiring" },
    ],
  ])("of one that is %s", (_, seen, expected) => expect(secretStatus(seen, lights)).toMatchObject(expected));

  it("is nobody's of another stage's", () =>
    expect(secretStatus({ secret: secret(1, { "keyturn:stage": "prod" }) }, lights)).toBeUndefined());

  it("names engine and strategy from what is known without its value", () => {
    const old = { ...last(), server: "postgres db.example:5432" };
    const { engine: _, strategy: __, ...before } = old;
    expect(secretStatus({ secret: secret(90), last: old }, lights)).toMatchObject({
      engine: "postgres",
      strategy: "single-user",
    });
    expect(secretStatus({ secret: secret(90), last: before }, lights)).toMatchObject({ engine: "postgres" });
    expect(secretStatus({ secret: secret(90) }, lights)).not.toHaveProperty("engine");
  });

  it("is well where nobody has to do anything", () => {
    const wells = [secret(1), secret(30.2), secret(33), secret(40, { "keyturn:pause": "true" })].map((one) =>
      isWell(secretStatus({ secret: one }, lights) ?? { state: "failing" }),
    );
    expect(wells).toEqual([true, true, false, false]);
  });
});
