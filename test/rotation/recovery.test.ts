import { ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { entered, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

const PHASES = ["plan", "create-secret", "set-secret", "test-secret", "finish-secret"];

async function expectAtRest(secret: string) {
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
  expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
}

describe("an execution that was stopped", () => {
  const cases = PHASES.flatMap((phase) => (["before", "after"] as const).map((when) => [when, phase] as const));

  it.each(cases)("%s %s took effect is brought to rest and recorded", async (when, phase) => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn(phase, when, secret, { requestedBy: "a test" });
    await keyturn.stop(executionArn);
    const records = await keyturn.records(secret);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      executionArn,
      requestedBy: "a test",
      trigger: "manual",
      reason: "ExecutionAborted",
    });
    expect(records[0]?.recoveredBy).toMatch(/:execution:/);
    const finished =
      phase === "finish-secret" || phase === "test-secret" || (phase === "set-secret" && when === "after");
    const stored = phase !== "plan" && !(phase === "create-secret" && when === "before");
    expect(records[0]?.outcome).toBe(finished ? "rolled forward" : stored ? "rolled back" : "failed");
    await expectAtRest(secret);
  });
});

describe("a cloud that died", () => {
  it("aborts what was running, as AWS tells it, and recovers it", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn("test-secret", "before", secret);
    await keyturn.restart();
    await keyturn.cloud.settled();
    expect((await keyturn.ended(executionArn)).status).toBe("ABORTED");
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "rolled forward" }]);
    await expectAtRest(secret);
  });
});

describe("alternating users that were stopped", () => {
  it.each(["create-secret", "set-secret", "finish-secret"])("in %s never lock anyone out", async (phase) => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    const executionArn = await keyturn.hangIn(phase, "before", secret);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    await keyturn.stop(executionArn);
    await expectAtRest(secret);
  });
});

describe("recovery", () => {
  it("that fails before it is planned is on record for the secret, and the next rotation ends it", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn("test-secret", "before", secret);
    const dead = keyturn.cloud.inject({ match: invokes("plan"), kind: "exit", when: "before" });
    await keyturn.stop(executionArn);
    dead.lift();
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "needs attention" }]);
    await keyturn.rotate(secret);
    await expectAtRest(secret);
  });

  it("does nothing for an execution that left its record", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    await keyturn.rotate(secret);
    expect(await keyturn.records(secret)).toHaveLength(1);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Failed"]);
  });

  it("is itself recovered when it is stopped", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn("set-secret", "after", secret);
    const back = keyturn.cloud.inject({ match: invokes("roll-back"), kind: "hang", when: "before", times: 1 });
    const recovery = entered(keyturn.cloud, "Roll back");
    await keyturn.sfn().send(new StopExecutionCommand({ executionArn }));
    await back.hit;
    await keyturn.stop(await recovery);
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "rolled forward" }]);
    await expectAtRest(secret);
  });

  it("is tried once where no function can be invoked, then left to the schedule", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const failed = async () => {
      const stateMachineArn = keyturn.cloud.resource("RotateSecret").ref;
      const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: "FAILED" });
      return (await keyturn.sfn().send(list)).executions?.length ?? 0;
    };
    const before = await failed();
    const match = (call: FaultyCall) => call.service === "lambda" && call.operation === "Invoke";
    const away = keyturn.cloud.inject({ match, kind: "deny", when: "before" });
    await keyturn.rotate(secret);
    away.lift();
    expect((await failed()) - before).toBe(2);
    await expectAtRest(secret);
  });
});
