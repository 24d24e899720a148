import { createHash } from "node:crypto";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createLogin, freshName } from "../tools/postgres.js";

// Whoever may start an execution may take any name beforehand, and any schedule's time.
const keyturn = useCloud();

const secretOn = async (schedule: string) =>
  keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule });

async function run(input: Readonly<Record<string, unknown>>) {
  const executionArn = await keyturn.start("RotateFleet", input);
  await keyturn.cloud.settled();
  return keyturn.ended(executionArn);
}

describe("a scheduled rotation", () => {
  it("is left out by nobody who takes a name that could be computed", async () => {
    const schedule = freshName("sched");
    const secret = await secretOn(schedule);
    const scheduledAt = "2027-01-02T02:00:00.000Z";
    await keyturn.sfn().send(
      new StartExecutionCommand({
        stateMachineArn: keyturn.cloud.resource("RotateSecret").ref,
        name: createHash("sha256").update(`${secret}|${schedule}|${scheduledAt}`).digest("hex"),
        input: JSON.stringify({ secretId: "nothing" }),
      }),
    );
    await keyturn.cloud.settled();
    await run({ schedule, scheduledAt });
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("is left out by no dry run under its time", async () => {
    const schedule = freshName("sched");
    const secret = await secretOn(schedule);
    const scheduledAt = "2027-01-03T02:00:00.000Z";
    await run({ schedule, scheduledAt, dryRun: true });
    await run({ schedule, scheduledAt });
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("is hindered by nothing that the writer of another secret of its schedule wrote", async () => {
    const schedule = freshName("sched");
    const [good, bad] = [await secretOn(schedule), await secretOn(schedule)];
    const SecretString = JSON.stringify({
      ...(await keyturn.value(bad)),
      username: "x, run: curl evil ".repeat(3_000),
    });
    await keyturn
      .secrets()
      .send(new PutSecretValueCommand({ SecretId: bad, SecretString, VersionStages: ["AWSPENDING"] }));
    expect((await run({ schedule, scheduledAt: new Date().toISOString() })).status).toBe("SUCCEEDED");
    expect(await keyturn.records(good)).toMatchObject([{ outcome: "succeeded" }]);
    const [record] = await keyturn.records(bad);
    expect(record).toMatchObject({ reason: "ForeignPending" });
    expect(JSON.stringify(record).length).toBeLessThan(8_000);
  });
});
