import { describe, expect, it } from "vitest";
import type { Fault, FaultyCall } from "../../src/local/gateway/faults.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

const PHASES = ["plan", "create-secret", "set-secret", "test-secret", "finish-secret", "record"];
const by = (name: string, operation: string) => (call: FaultyCall) =>
  call.caller.endsWith(`-${name}`) && call.operation === operation;

/** Rotates a secret of its own under a fault. */
async function rotateUnder(fault: Fault, tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login, {}, tags);
  const injected = keyturn.cloud.inject(fault);
  const ended = await keyturn.rotate(secret);
  injected.lift();
  const [record] = await keyturn.records(secret);
  return { login, secret, ended, record, struck: injected.struck() };
}

/** The promise, and that nothing is left that blocks the next rotation. */
async function expectAtRest(secret: string) {
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
  const labels = Object.values(await keyturn.labels(secret));
  expect(labels.filter((on) => on.includes("AWSCURRENT"))).toHaveLength(1);
  const next = await keyturn.rotate(secret);
  expect(next.output.outcome).toBe("succeeded");
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
}

describe("what is tried again", () => {
  // Which errors each state tries again, and how often: test/infra/statemachines.test.ts.
  const kinds = [
    ["exit", "before"],
    ["exit", "after"],
    ["throttle", "before"],
  ] as const;
  const cases = [
    ...PHASES.flatMap((phase) => kinds.map(([kind, when]) => [phase, kind, when] as const)),
    ["set-secret", "timeout", "after"] as const,
    ["set-secret", "unknown", "after"] as const,
  ];

  it.each(cases)("%s that dies once (%s, %s it took effect)", async (phase, kind, when) => {
    const { secret, ended, record, struck } = await rotateUnder({ match: invokes(phase), kind, when, times: 1 });
    expect(struck).toBe(1);
    expect(ended.status).toBe("SUCCEEDED");
    expect(record?.outcome).toBe("succeeded");
    const inRecord = record?.phases.find(({ name }) => phase.startsWith(name));
    if (inRecord) expect(inRecord.attempts).toBe(2);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  const wire: ReadonlyArray<readonly [string, string]> = [
    ["plan", "DescribeSecret"],
    ["plan", "UpdateItem"],
    ["create-secret", "PutSecretValue"],
    ["set-secret", "GetSecretValue"],
    ["finish-secret", "UpdateSecretVersionStage"],
    ["record", "PutItem"],
    ["record", "UpdateItem"],
  ];
  it.each(wire)("%s whose %s is cut off after it took effect", async (name, operation) => {
    const { secret, ended, struck } = await rotateUnder({
      match: by(name, operation),
      kind: "reset",
      when: "after",
      times: 1,
    });
    expect(struck).toBe(1);
    expect(ended.output.outcome).toBe("succeeded");
    expect(await keyturn.records(secret)).toHaveLength(1);
    await expectAtRest(secret);
  });

  it.each(wire)("%s whose process is killed after %s took effect", async (name, operation) => {
    const { secret, ended, struck } = await rotateUnder({
      match: by(name, operation),
      kind: "kill",
      when: "after",
      times: 1,
    });
    expect(struck).toBe(1);
    expect(ended.output.outcome).toBe("succeeded");
    await expectAtRest(secret);
  });
});

describe("what is rolled back or forward", () => {
  it.each(["create-secret", "set-secret", "test-secret", "finish-secret"])(
    "%s that dies again and again",
    async (phase) => {
      const { secret, ended, record } = await rotateUnder({ match: invokes(phase), kind: "exit", when: "before" });
      expect(record?.outcome).toBe(
        { "create-secret": "failed", "finish-secret": "rolled forward" }[phase] ?? "rolled back",
      );
      expect(record?.error).toMatchObject({ name: "Runtime.ExitError" });
      expect(record?.phases.at(-2)).toMatchObject({ name: phase.split("-")[0], attempts: 2 });
      expect(ended.status).toBe(record?.outcome === "rolled forward" ? "SUCCEEDED" : "FAILED");
      await expectAtRest(secret);
    },
  );

  it.each(["create-secret", "set-secret", "test-secret", "finish-secret"])(
    "%s whose answer never comes",
    async (phase) => {
      const { secret, record } = await rotateUnder({ match: invokes(phase), kind: "unknown", when: "after" });
      expect(["rolled back", "rolled forward"]).toContain(record?.outcome);
      await expectAtRest(secret);
    },
  );

  it("sets the old password again when the new credential fails its probe", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {}, { "keyturn:probe": "select 1 from a_table.that_is_not_there" });
    const { status, error, cause } = await keyturn.rotate(secret);
    expect({ status, error }).toEqual({ status: "FAILED", error: expect.stringMatching(/Error$/) });
    expect(cause).toBeTruthy();
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ outcome: "rolled back" });
    expect(record?.facts?.join(" ")).toContain("set again in the database");
    expect(await letsIn(login)).toBe(true);
    expect((await keyturn.value(secret)).password).toBe(login.password);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Failed"]);
    expect(Object.values(await keyturn.labels(secret)).flat()).toEqual(["AWSCURRENT"]);
  });

  it("asks for a person when roll back cannot finish either, and the next rotation carries on", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const test = keyturn.cloud.inject({ match: invokes("test-secret"), kind: "exit", when: "before" });
    const back = keyturn.cloud.inject({ match: invokes("roll-back"), kind: "exit", when: "before" });
    await keyturn.rotate(secret);
    test.lift();
    back.lift();
    const [record] = await keyturn.records(secret);
    expect(record?.outcome).toBe("needs attention");
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Needs Attention"]);
    const next = await keyturn.rotate(secret);
    expect(next.output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
    await expectAtRest(secret);
  });
});

describe("what must not change how a rotation ended", () => {
  it("an audit record that cannot be written", async () => {
    const { secret, ended } = await rotateUnder({ match: by("record", "PutItem"), kind: "deny", when: "before" });
    expect(ended.status).toBe("SUCCEEDED");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    const events = (await keyturn.cloud.events()).map(({ event }) => event.detail);
    expect(events).toContainEqual(expect.objectContaining({ reason: "NotRecorded", executionArn: ended.executionArn }));
    await expectAtRest(secret);
  });

  it("an announcement that cannot be made", async () => {
    const { secret, ended, record } = await rotateUnder({
      match: ({ operation }) => operation === "PutEvents",
      kind: "fault",
      when: "before",
    });
    expect(ended.output.outcome).toBe("succeeded");
    expect(record?.outcome).toBe("succeeded");
    await expectAtRest(secret);
  });

  it("hides no failure", async () => {
    const { ended } = await rotateUnder(
      { match: by("record", "PutItem"), kind: "deny", when: "before" },
      { "keyturn:probe": "select no_such_column" },
    );
    expect(ended).toMatchObject({ status: "FAILED", error: "NotRecorded" });
  });
});
