import { describe, expect, it } from "vitest";
import type { LastRotation } from "../../../src/rotation/ledger.js";
import { type NativeWorld, parseStep, takeStep } from "../../../src/rotation/native/steps.js";
import type { KnownExecution } from "../../../src/rotation/ports.js";
import { rotationFunctionOf } from "../../../src/rotation/rotation-function.js";
import { CURRENT, daysAgo, described, execution, type Imagined, imagine, LEFT, NOW, SECRET } from "../imagined.js";

const STARTED = execution("started");
const native = { rotationEnabled: true, rotationFunction: rotationFunctionOf(SECRET, { stage: "dev" }) };
const waiting = { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] };
const done = { [CURRENT]: ["AWSPREVIOUS"], [LEFT]: ["AWSCURRENT", "AWSPENDING"] };
const secret = (fields: object = {}) => described({ ...native, versions: waiting, ...fields });

/** What the executions that are looked at come to, one answer after the other; a function of these changes the world first. */
type Looked = Partial<KnownExecution> | ((there: ReturnType<typeof imagine>) => Partial<KnownExecution>);

function stage({ looked = [], ...there }: Imagined & { looked?: readonly Looked[] } = {}) {
  const imagined = imagine({ secret: secret(), ...there });
  const did: string[] = [];
  let now = NOW.getTime();
  let looks = 0;
  const world: NativeWorld = {
    ...imagined.world,
    clock: () => new Date(now),
    executions: {
      async lookUp(arn) {
        did.push(`look at ${arn.split(":").at(-1)}`);
        const found = looked[Math.min(looks++, looked.length - 1)];
        if (!found) return undefined;
        return {
          status: "RUNNING",
          startedAt: NOW,
          input: "{}",
          ...(typeof found === "function" ? found(imagined) : found),
        };
      },
    },
    starts: {
      async rotation(input, token) {
        did.push(`rotate ${JSON.stringify(input)} for ${token}`);
        return STARTED;
      },
      async check(input) {
        did.push(`check ${JSON.stringify(input)}`);
        return STARTED;
      },
    },
    async pause(ms) {
      now += ms;
    },
  };
  return {
    did,
    take: (step: string) => takeStep(world, parseStep({ Step: step, SecretId: SECRET, ClientRequestToken: LEFT })),
  };
}

const lastOf = (madeCurrent: string): LastRotation => ({
  ...{ executionArn: STARTED, outcome: "succeeded", endedAt: NOW.toISOString(), madeCurrent },
  rotatedAt: NOW.toISOString(),
});

interface Known {
  readonly last?: LastRotation;
  readonly lastRotatedAt?: Date;
}

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];
const INPUT = JSON.stringify({ secretId: SECRET, trigger: "native", requestedBy: "Secrets Manager" });
const moves: Looked = (there) => {
  there.move("AWSCURRENT", LEFT);
  return { status: "SUCCEEDED", output: "{}" };
};

describe("a step of Secrets Manager's", () => {
  it.each(STEPS)("%s is done where AWSCURRENT is on its version, and nothing is started", async (step) => {
    const { did, take } = stage({ secret: secret({ versions: done }), last: lastOf(LEFT) });
    expect(await take(step)).toEqual({ step, done: "before" });
    expect(did).toEqual([]);
  });

  it.each<[string, Known]>([
    ["of which nothing is known", {}],
    ["after another rotation", { last: lastOf(CURRENT) }],
    ["after a rotation that Secrets Manager knows of", { last: lastOf(LEFT), lastRotatedAt: NOW }],
    ["long after the rotation", { last: { ...lastOf(LEFT), rotatedAt: daysAgo(2).toISOString() } }],
  ])(
    "createSecret is not done where AWSCURRENT is on its version %s",
    async (_, { lastRotatedAt, ...there }: Known) => {
      const { did, take } = stage({
        secret: secret({ versions: done, ...(lastRotatedAt ? { lastRotatedAt } : {}) }),
        ...there,
      });
      await expect(take("createSecret")).rejects.toMatchObject({ name: "ConflictError", code: "NotRotated" });
      expect(did).toEqual([]);
    },
  );

  it("createSecret has the workflow rotate it, and waits for that", async () => {
    const { did, take } = stage({ looked: [{}, {}, moves] });
    expect(await take("createSecret")).toEqual({ step: "createSecret", done: STARTED });
    expect(did).toEqual([`rotate ${INPUT} for ${LEFT}`, "look at started", "look at started", "look at started"]);
  });

  it("createSecret waits for the execution that has begun this very rotation", async () => {
    const there = stage({ looked: [moves], holder: holder(), versionId: LEFT });
    expect(await there.take("createSecret")).toMatchObject({ done: execution("other") });
    expect(there.did).toEqual(["look at other"]);
  });

  it.each<[string, Imagined]>([
    ["writes another version", { holder: holder(), versionId: CURRENT }],
    ["has not said which", { holder: holder() }],
    ["is a retirement", { holder: holder({ purpose: "retirement" as const }), versionId: LEFT }],
  ])("createSecret starts one of its own where what holds the lock %s", async (_, there) => {
    const { did, take } = stage({ looked: [moves], ...there });
    await take("createSecret");
    expect(did[0]).toMatch(/^rotate /);
  });

  it.each<[string, Looked, object]>([
    [
      "that failed, with its error",
      { status: "FAILED", error: "CredentialRejectedError", cause: "CurrentRejected: It is refused." },
      { name: "CredentialRejectedError", code: "CurrentRejected" },
    ],
    [
      "that was skipped, with its reason",
      { status: "SUCCEEDED", output: '{"outcome":"skipped","reason":"Paused","message":"It is held."}' },
      { name: "ConflictError", code: "Paused" },
    ],
    ["that was stopped, as what may pass", { status: "ABORTED" }, { name: "TransientError", code: "ExecutionEnded" }],
    [
      "that failed of none of ours, as what may pass",
      { status: "FAILED", error: "States.Runtime" },
      { name: "TransientError", code: "ExecutionEnded" },
    ],
    ["that never ends, as what may pass", {}, { name: "TransientError", code: "StillRunning" }],
  ])("createSecret fails for an execution %s", async (_, looked, error) => {
    await expect(stage({ looked: [looked] }).take("createSecret")).rejects.toMatchObject(error);
  });

  it("createSecret fails where the execution that it waits for is known to nobody", async () => {
    await expect(stage().take("createSecret")).rejects.toMatchObject({ code: "ExecutionEnded" });
  });

  it.each(["setSecret", "finishSecret"])("%s rotates nothing by itself", async (step) => {
    const { did, take } = stage();
    await expect(take(step)).rejects.toMatchObject({ name: "ConflictError", code: "NotRotated" });
    expect(did).toEqual([]);
  });

  it("testSecret before a rotation is a dry run, which says what is wrong", async () => {
    const well = stage({ looked: [{ status: "SUCCEEDED", output: '{"ok":true,"checks":[]}' }] });
    expect(await well.take("testSecret")).toEqual({ step: "testSecret", done: STARTED });
    expect(well.did).toEqual([`check ${INPUT}`, "look at started"]);
    const checks = [
      { ok: true, message: "good" },
      { ok: false, code: "ProbeRefused", message: "It is no query." },
    ];
    const badly = stage({ looked: [{ status: "SUCCEEDED", output: JSON.stringify({ ok: false, checks }) }] });
    await expect(badly.take("testSecret")).rejects.toMatchObject({
      code: "ProbeRefused",
      message: expect.stringContaining("It is no query."),
    });
    const unknown = stage({ looked: [{ status: "FAILED", error: "InternalError", cause: "Unexpected: no" }] });
    await expect(unknown.take("testSecret")).rejects.toMatchObject({ name: "InternalError", code: "Unexpected" });
  });

  it.each<[string, object, string]>([
    ["without Keyturn's tags", { tags: {} }, "NotManaged"],
    ["of another stage", { tags: { "keyturn:stage": "prod", "keyturn:schedule": "nightly" } }, "NotManaged"],
    ["that Secrets Manager does not rotate", { rotationEnabled: false }, "NotNative"],
    ["that another function rotates", { rotationFunction: `${native.rotationFunction}-2` }, "NotNative"],
    [
      "that another account's function rotates",
      { rotationFunction: native.rotationFunction.replace("000", "111") },
      "NotNative",
    ],
    [
      "with a version that nobody waits for",
      { versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["MINE"] } },
      "NothingPending",
    ],
    ["without that version", { versions: { [CURRENT]: ["AWSCURRENT"] } }, "NothingPending"],
  ])("of a secret %s starts nothing", async (_, fields, code) => {
    for (const step of STEPS) {
      const { did, take } = stage({ secret: secret(fields) });
      await expect(take(step)).rejects.toMatchObject({ name: "ConflictError", code });
      expect(did).toEqual([]);
    }
  });
});

it.each<[unknown, string]>([
  [undefined, "the event"],
  [{}, "Step"],
  [{ Step: "create_secret", SecretId: "a", ClientRequestToken: "b" }, "Step"],
  [{ Step: "createSecret", ClientRequestToken: "b" }, "SecretId"],
  [{ Step: "createSecret", SecretId: "a" }, "ClientRequestToken"],
])("%j is no step", (event, says) => {
  expect(() => parseStep(event)).toThrow(
    expect.objectContaining({ code: "InvalidRequest", message: expect.stringContaining(says) }),
  );
});

function holder(fields: object = {}) {
  return { executionArn: execution("other"), since: NOW.toISOString(), purpose: "rotation" as const, ...fields };
}
