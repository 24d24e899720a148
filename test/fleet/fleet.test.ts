import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { listDue, sumUp } from "../../src/fleet/fleet.js";
import type { Fleet, ListedSecret } from "../../src/fleet/page.js";
import { listUnsettled } from "../../src/fleet/unsettled.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

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

async function runFleet(input: Partial<Fleet> & { schedule: string }) {
  const { executionArn = "" } = await keyturn.sfn().send(
    new StartExecutionCommand({
      stateMachineArn: keyturn.cloud.resource("RotateFleet").ref,
      input: JSON.stringify({ scheduledAt: new Date().toISOString(), ...input }),
    }),
  );
  await keyturn.cloud.settled();
  const { status, output = "{}", cause } = await keyturn.sfn().send(new DescribeExecutionCommand({ executionArn }));
  return { status, cause, summary: JSON.parse(output) };
}

describe("rotate-fleet", () => {
  it("rotates what belongs to its schedule, and one failure stops no other", async () => {
    const tags = { "keyturn:schedule": "fleet-a" };
    const good = await Promise.all([1, 2, 3].map(async () => keyturn.secretFor(await createLogin(), {}, tags)));
    const bad = await keyturn.storeSecret("not JSON", tags);
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
    const [stopped, ...others] = await Promise.all(
      [1, 2, 3].map(async () => keyturn.secretFor(await createLogin(), {}, tags)),
    );
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
    await Promise.all([1, 2].map(async () => keyturn.secretFor(await createLogin(), {}, tags)));
    const deny = keyturn.cloud.inject({
      match: ({ operation, input }) =>
        operation === "StartExecution" && input.stateMachineArn === keyturn.cloud.resource("RotateSecret").ref,
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
    expect(again.summary).toMatchObject({ rotated: 0, skipped: 1, byReason: { RotatedSinceAsked: 1 } });
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

  it("rotates what does not fit into one page in executions that start each other, and tells of all once", async () => {
    const schedule = "fleet-long";
    const name = `${"x".repeat(480)}/`;
    for (let made = 0; made < 210; made += 30)
      await Promise.all(
        Array.from({ length: 30 }, () => keyturn.storeSecret("not JSON", { "keyturn:schedule": schedule }, name)),
      );
    const { status, summary } = await runFleet({ schedule, concurrency: 40 });
    // The first hands its totals on.
    expect({ status, ...summary }).toMatchObject({ status: "SUCCEEDED", failed: 200 });
    const told = (await keyturn.cloud.events()).filter(({ event }) => event.detail.schedule === schedule);
    const completed = told.filter(({ event }) => event["detail-type"] === "Fleet Rotation Completed");
    expect(completed.map(({ event }) => event.detail)).toMatchObject([
      { failed: 210, byReason: { InvalidSecretError: 210 } },
    ]);
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

describe("a large fleet", () => {
  const now = new Date("2026-11-24T00:00:00Z");
  const secrets = Array.from(
    { length: 2_345 },
    (_, index): ListedSecret => ({
      arn: `arn:${index}`,
      name: `app/${index}`,
      tags: { "keyturn:stage": "dev", "keyturn:schedule": index % 2 === 0 ? "even" : "odd" },
      createdAt: new Date("2026-01-01T00:00:00Z"),
    }),
  );
  const list = async (token: string | undefined) => {
    const from = Number(token ?? 0);
    return {
      secrets: secrets.slice(from, from + 100),
      ...(from + 100 < secrets.length ? { nextToken: String(from + 100) } : {}),
    };
  };
  const ledger = { rotatedAt: async () => new Map([["arn:0", new Date("2026-11-23T00:00:00Z")]]) };

  it("goes page by page, at most 500 at a time", async () => {
    let fleet: Fleet = { schedule: "even", scheduledAt: "2026-11-24T00:00:00Z", dueAfterDays: 30, concurrency: 99 };
    const names: string[] = [];
    const steps: string[] = [];
    for (let next = "execution"; next !== "end"; ) {
      const page = await listDue(fleet, list, ledger, now, { stage: "dev" });
      expect(page.items.length).toBeLessThanOrEqual(500);
      expect(page.concurrency).toBe(40);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(262_144);
      names.push(...page.items.map(({ name }) => name));
      const summed = sumUp(
        fleet,
        page.nextToken,
        page.items.map(() => ({ outcome: "succeeded", reason: "Started" })),
      );
      ({ fleet, next } = summed);
      steps.push(next);
    }
    expect(new Set(names).size).toBe(1_172);
    expect(fleet.totals).toMatchObject({ rotated: 1_172, failed: 0 });
    expect(steps.at(-1)).toBe("end");
    expect(names.every((name) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
  });

  it("has pages that fit into a state, however long the names are", async () => {
    const long = Array.from({ length: 1_000 }, (_, index): ListedSecret => {
      const name = `${String(index).padStart(4, "0")}/${"x".repeat(507)}`;
      return {
        arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`,
        name,
        tags: { "keyturn:stage": "dev", "keyturn:schedule": "long" },
        createdAt: new Date("2026-01-01T00:00:00Z"),
      };
    });
    const listLong = async (token: string | undefined) => {
      const from = Number(token ?? 0);
      return {
        secrets: long.slice(from, from + 100),
        ...(from + 100 < long.length ? { nextToken: String(from + 100) } : {}),
      };
    };
    let fleet: Fleet = { schedule: "long", scheduledAt: "2026-11-24T00:00:00.000Z", dueAfterDays: 30 };
    let rotated = 0;
    for (let next = "execution"; next !== "end"; ) {
      const page = await listDue(fleet, listLong, { rotatedAt: async () => new Map() }, now, { stage: "dev" });
      const results = page.items.map(
        () => ({ outcome: "failed", reason: "AReasonOfQuiteSomeLength".repeat(2) }) as const,
      );
      // As "Sum up" has it.
      expect(Buffer.byteLength(JSON.stringify({ ...fleet, page, results }))).toBeLessThan(262_144);
      rotated += page.items.length;
      ({ fleet, next } = sumUp(fleet, page.nextToken, results));
    }
    expect(rotated).toBe(1_000);
  });

  it("is recovered by no more at a time than fit", async () => {
    async function* unsettled() {
      for (let index = 0; index < 1_000; index += 1) {
        const secretArn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${"x".repeat(507)}/${index}-AbCdEf`;
        yield {
          secretArn,
          last: { outcome: "needs attention", endedAt: "2026-01-01T00:00:00Z", attempts: 1 },
        } as const;
      }
    }
    const tags = { "keyturn:stage": "dev", "keyturn:schedule": "nightly" };
    const items = await listUnsettled(
      { schedule: "recovery", scheduledAt: "2026-11-24T00:00:00Z" },
      { unsettled } as never,
      { lookUp: async () => undefined },
      { describe: async () => ({ tags }) } as never,
      { stage: "dev", admins: [], readers: [], mayAskFor: {} },
    );
    expect(items.length).toBeGreaterThan(200);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(200_000);
  });

  it("does each page in an execution of its own", () => {
    const fleet: Fleet = { schedule: "even", scheduledAt: "2026-11-24T00:00:00Z" };
    expect(sumUp(fleet, "more", [])).toMatchObject({ next: "execution", fleet: { ...fleet, nextToken: "more" } });
    expect(sumUp(fleet, null, []).next).toBe("end");
  });
});
