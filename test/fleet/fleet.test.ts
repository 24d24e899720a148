import { DescribeSecretCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { Fleet } from "../../src/fleet/page.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

/** All are on one server, and one dies there: test/fleet/brakes.test.ts has what that does to the others. */
const keyturn = useCloud({ rules: { atOncePerServer: 40 } });

/** The execution of the machine that runs and names the secret in its input. */
async function running(machine: string, secret: string): Promise<string> {
  const { executions = [] } = await keyturn
    .sfn()
    .send(new ListExecutionsCommand({ stateMachineArn: keyturn.cloud.resource(machine).ref, statusFilter: "RUNNING" }));
  const described = await Promise.all(
    executions.map(({ executionArn }) => keyturn.sfn().send(new DescribeExecutionCommand({ executionArn }))),
  );
  return described.find(({ input = "" }) => input.includes(secret))?.executionArn ?? "";
}

/** Three at a time: were more to wait for long, the server's door would close, and the others be counted in a later lap. */
async function runFleet(input: Partial<Fleet> & { schedule: string }) {
  const { executionArn = "" } = await keyturn.sfn().send(
    new StartExecutionCommand({
      stateMachineArn: keyturn.cloud.resource("RotateFleet").ref,
      input: JSON.stringify({ scheduledAt: new Date().toISOString(), concurrency: 3, ...input }),
    }),
  );
  await keyturn.cloud.settled();
  const {
    status,
    output = "{}",
    error,
    cause,
  } = await keyturn.sfn().send(new DescribeExecutionCommand({ executionArn }));
  return { status, error, cause, summary: JSON.parse(output) };
}

describe("rotate-fleet", () => {
  it("rotates what belongs to its schedule, and one failure stops no other", async () => {
    const tags = { "keyturn:schedule": "fleet-a" };
    const bad = await keyturn.storeSecret("not JSON", tags);
    // The newest come first.
    const good = await Promise.all([1, 2, 3].map(async () => keyturn.secretFor(await createLogin(), {}, tags)));
    const other = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "fleet-a-other" });
    const { status, summary } = await runFleet({ schedule: "fleet-a" });
    expect(status).toBe("SUCCEEDED");
    expect(summary).toMatchObject({
      schedule: "fleet-a",
      rotated: 3,
      skipped: 0,
      failed: 1,
      byReason: { InvalidSecretError: 1 },
    });
    for (const secret of good) expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(await keyturn.records(bad)).toMatchObject([{ outcome: "failed", trigger: "schedule", schedule: "fleet-a" }]);
    expect(await keyturn.records(other)).toEqual([]);
    expect((await keyturn.cloud.events()).at(-1)?.event ?? {}).toBeTruthy();
    const summaries = (await keyturn.cloud.events()).filter(
      ({ event }) => event["detail-type"] === "Fleet Rotation Completed",
    );
    expect(summaries.at(-1)?.event.detail).toMatchObject({ schedule: "fleet-a", rotated: 3, failed: 1 });
  });

  it("goes on when one of its rotations is stopped, which then says no error", async () => {
    const tags = { "keyturn:schedule": "fleet-stopped" };
    const stopped = await keyturn.secretFor(await createLogin(), {}, tags);
    const others = await Promise.all([1, 2].map(async () => keyturn.secretFor(await createLogin(), {}, tags)));
    const hang = keyturn.cloud.inject({
      match: (call) => invokes("set-secret")(call) && JSON.stringify(call.input).includes(String(stopped)),
      kind: "hang",
      when: "before",
      times: 1,
    });
    const executionArn = await keyturn.start("RotateFleet", {
      schedule: "fleet-stopped",
      scheduledAt: new Date().toISOString(),
    });
    await hang.hit;
    await keyturn
      .sfn()
      .send(new StopExecutionCommand({ executionArn: await running("RotateSecret", String(stopped)) }));
    await keyturn.cloud.settled();
    expect(await keyturn.ended(executionArn)).toMatchObject({
      status: "SUCCEEDED",
      output: { rotated: 2, failed: 1, byReason: { Stopped: 1 } },
    });
    for (const secret of others) expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("that is stopped stops the rotations that it waits for, and they are recovered", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "fleet-cut-off" });
    const hang = keyturn.cloud.inject({ match: invokes("set-secret"), kind: "hang", when: "before", times: 1 });
    const scheduledAt = new Date().toISOString();
    const executionArn = await keyturn.start("RotateFleet", { schedule: "fleet-cut-off", scheduledAt });
    await hang.hit;
    const rotation = await running("RotateSecret", secret);
    await keyturn.stop(executionArn);
    expect((await keyturn.ended(rotation)).status).toBe("ABORTED");
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn: rotation, reason: "ExecutionAborted" }]);
  });

  it("goes on when one cannot be started, of which the cause is a sentence", async () => {
    const tags = { "keyturn:schedule": "fleet-denied" };
    const denied = await keyturn.secretFor(await createLogin(), {}, tags);
    await keyturn.secretFor(await createLogin(), {}, tags);
    const deny = keyturn.cloud.inject({
      match: ({ operation, input }) => operation === "StartExecution" && String(input.input).includes(denied),
      kind: "deny",
      when: "before",
      times: 1,
    });
    const { status, summary } = await runFleet({ schedule: "fleet-denied" });
    deny.lift();
    expect({ status, ...summary }).toMatchObject({ status: "SUCCEEDED", rotated: 1, failed: 1 });
    expect(summary.byReason).toEqual({ "StepFunctions.AccessDeniedException": 1 });
  });

  it("counts a rotation that left no record among those that failed", async () => {
    await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "fleet-unrecorded" });
    const deny = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "PutItem" && caller.endsWith("-record"),
      kind: "deny",
      when: "before",
    });
    const { status, summary } = await runFleet({ schedule: "fleet-unrecorded" });
    deny.lift();
    expect({ status, ...summary }).toMatchObject({ status: "SUCCEEDED", failed: 1, byReason: { NotRecorded: 1 } });
  });

  it("rotates each secret once however often the schedule is delivered", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "fleet-b" });
    const scheduledAt = "2026-11-24T02:00:00Z";
    expect(
      (await runFleet({ schedule: "fleet-b", scheduledAt: new Date(Date.now() + 1000).toISOString() })).summary.rotated,
    ).toBe(1);
    await runFleet({ schedule: "fleet-b", scheduledAt });
    const again = await runFleet({ schedule: "fleet-b", scheduledAt });
    expect(again.summary).toMatchObject({ rotated: 0, skipped: 0, leftOut: { RotatedSinceAsked: 1 } });
    expect((await keyturn.records(secret)).filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
  });

  it("leaves out what is not due and what its name prefixes leave out", async () => {
    await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "fleet-c" });
    expect((await runFleet({ schedule: "fleet-c", dueAfterDays: 30 })).summary).toMatchObject({
      rotated: 0,
      skipped: 0,
      failed: 0,
    });
    expect((await runFleet({ schedule: "fleet-c", namePrefixes: ["prod/"] })).summary).toMatchObject({ rotated: 0 });
    expect((await runFleet({ schedule: "fleet-c", namePrefixes: ["prod/", "test/"] })).summary).toMatchObject({
      rotated: 1,
    });
  });

  it("rotates what does not fit into one execution in several that start each other, and tells of all once", async () => {
    const schedule = "fleet-long";
    const tags = { "keyturn:schedule": schedule };
    await Promise.all(Array.from({ length: 60 }, () => keyturn.storeSecret("not JSON", tags)));
    await keyturn.secretFor(await createLogin(), {}, tags);
    // Each secret's input has the reason again, so that few fill a page.
    const asked = { trigger: "manual" as const, requestedBy: "anna", reason: "x".repeat(4_000) };
    const { status, summary } = await runFleet({ schedule, asked });
    expect(status).toBe("SUCCEEDED");
    // The first hands its totals on.
    expect(summary.failed).toBeLessThan(60);
    const told = (await keyturn.cloud.events()).filter(({ event }) => event.detail.schedule === schedule);
    expect(told.map(({ event }) => event["detail-type"]).filter((type) => type.startsWith("Fleet"))).toEqual([
      "Fleet Rotation Started",
      "Fleet Rotation Completed",
    ]);
    expect(told.at(-1)?.event.detail).toMatchObject({ rotated: 1, failed: 60, byReason: { InvalidSecretError: 60 } });
  });

  it("stops itself where too many fail, leaves the others untouched, and goes on with them when started again", async () => {
    const schedule = "fleet-broken";
    const logins = [];
    for (let index = 0; index < 20; index += 1) logins.push(await createLogin());
    const tags = { "keyturn:schedule": schedule };
    const secrets: string[] = [];
    for (const login of logins) secrets.push(await keyturn.secretFor(login, {}, tags));
    // The newest come first: of the second wave three fail.
    const [broken, untouched] = [secrets.slice(12, 15), secrets.slice(0, 9)];
    const Tags = [{ Key: "keyturn:probe", Value: "select no_such_column" }];
    for (const SecretId of broken) await keyturn.secrets().send(new TagResourceCommand({ SecretId, Tags }));
    const versions = async () => {
      const all = untouched.map((SecretId) => keyturn.secrets().send(new DescribeSecretCommand({ SecretId })));
      return (await Promise.all(all)).map(({ VersionIdsToStages }) => VersionIdsToStages);
    };
    const before = await versions();
    const input = { schedule, scheduledAt: new Date().toISOString(), toleratedFailurePercent: 5 };

    const stopped = await runFleet(input);
    expect(stopped).toMatchObject({ status: "FAILED", error: "FleetStopped" });
    expect(stopped.cause).toContain("8 rotated, 0 skipped, 3 failed (InvalidSecretError 3)");
    expect(await versions()).toEqual(before);
    const told = (await keyturn.cloud.events()).filter(({ event }) => event.detail.schedule === schedule);
    expect(told.at(-1)?.event).toMatchObject({
      "detail-type": "Fleet Rotation Stopped",
      detail: { rotated: 8, failed: 3, byReason: { InvalidSecretError: 3 } },
    });

    for (const SecretId of broken)
      await keyturn.secrets().send(new UntagResourceCommand({ SecretId, TagKeys: ["keyturn:probe"] }));
    const resumed = await runFleet(input);
    expect(resumed).toMatchObject({ status: "SUCCEEDED", summary: { rotated: 12, failed: 0 } });
    for (const [index, secret] of secrets.entries()) {
      const succeeded = (await keyturn.records(secret)).filter(({ outcome }) => outcome === "succeeded");
      expect(succeeded, `secret ${index}`).toHaveLength(1);
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
    }
  });

  it("is started by the schedule of keyturn.yml, with its name and time", async () => {
    keyturn.cloud.fireSchedule("nightly", new Date("2026-11-24T02:00:00Z"));
    await keyturn.cloud.settled();
    const { executions = [] } = await keyturn
      .sfn()
      .send(new ListExecutionsCommand({ stateMachineArn: keyturn.cloud.resource("RotateFleet").ref }));
    const { input = "{}", status } = await keyturn
      .sfn()
      .send(new DescribeExecutionCommand({ executionArn: executions[0]?.executionArn }));
    expect({ status, ...JSON.parse(input) }).toEqual({
      status: "SUCCEEDED",
      schedule: "nightly",
      scheduledAt: "2026-11-24T02:00:00Z",
      dueAfterDays: 30,
      namePrefixes: [],
      concurrency: 10,
    });
  });
});
