import { TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { expect, it } from "vitest";
import type { Fleet } from "../../src/fleet/page.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

// What the template says of it: test/infra/template.test.ts. Here it runs.
const settings = `
schedules:
  admins: { expression: "cron(0 2 * * ? *)", toleratedFailurePercent: 5 }
  apps: { after: admins, dueAfterDays: 0, concurrency: 3 }
  reports: { after: apps }
  others: { expression: "cron(0 3 * * ? *)" }
`;
const keyturn = useCloud({ settings });

const on = async (schedule: string) => keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule });

/** What runs of the schedule were started with, and how they ended; the oldest first. */
async function runsOf(schedule: string) {
  const { executions = [] } = await keyturn
    .sfn()
    .send(new ListExecutionsCommand({ stateMachineArn: keyturn.cloud.resource("RotateFleet").ref }));
  const runs = await Promise.all(
    executions.map(async ({ executionArn }) => {
      const run = await keyturn.sfn().send(new DescribeExecutionCommand({ executionArn }));
      return {
        status: run.status,
        startDate: run.startDate as Date,
        stopDate: run.stopDate as Date,
        input: JSON.parse(run.input ?? "{}") as Fleet,
      };
    }),
  );
  return runs
    .filter(({ input }) => input.schedule === schedule)
    .sort((a, b) => a.startDate.getTime() - b.startDate.getTime());
}

const outcomes = async (secret: string) => (await keyturn.records(secret)).map(({ outcome }) => outcome);

it("a schedule starts when the one before it has ended, with its own settings, and so does the one after it", async () => {
  const [admin, app, report, other] = [await on("admins"), await on("apps"), await on("reports"), await on("others")];
  keyturn.cloud.fireSchedule("admins");
  await keyturn.cloud.settled();

  const [admins, apps, reports] = [await runsOf("admins"), await runsOf("apps"), await runsOf("reports")];
  expect([admins, apps, reports].map((runs) => runs.map(({ status }) => status))).toEqual([
    ["SUCCEEDED"],
    ["SUCCEEDED"],
    ["SUCCEEDED"],
  ]);
  expect(apps[0]?.input).toEqual({
    schedule: "apps",
    scheduledAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    dueAfterDays: 0,
    namePrefixes: [],
    concurrency: 3,
  });
  // Not before the last of those before it is done.
  const [first] = await keyturn.records(admin);
  const [second] = await keyturn.records(app);
  const [third] = await keyturn.records(report);
  expect([first, second, third]).toMatchObject(
    ["admins", "apps", "reports"].map((schedule) => ({ outcome: "succeeded", trigger: "schedule", schedule })),
  );
  expect(Date.parse(second?.startedAt ?? "")).toBeGreaterThan(Date.parse(first?.endedAt ?? ""));
  expect(Date.parse(third?.startedAt ?? "")).toBeGreaterThan(Date.parse(second?.endedAt ?? ""));
  for (const secret of [admin, app, report]) expect(await letsIn(await keyturn.value(secret))).toBe(true);
  expect(await outcomes(other)).toEqual([]);
});

it("a schedule does not start where the one before it has stopped itself", async () => {
  const app = await on("apps");
  await on("admins");
  // The newest is the canary.
  const broken = await on("admins");
  const Tags = [{ Key: "keyturn:probe", Value: "select no_such_column" }];
  await keyturn.secrets().send(new TagResourceCommand({ SecretId: broken, Tags }));
  const before = await runsOf("apps");
  keyturn.cloud.fireSchedule("admins");
  await keyturn.cloud.settled();
  expect((await runsOf("admins")).at(-1)?.status).toBe("FAILED");
  expect(await runsOf("apps")).toEqual(before);
  expect(await outcomes(app)).toEqual([]);
});
