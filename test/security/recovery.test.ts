import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, freshName, letsIn } from "../tools/postgres.js";

// Whoever may start an execution may write whatever he likes into its input.
const keyturn = useCloud();

function forged(executionArn: string, secretId: string) {
  const ended = { executionArn, status: "ABORTED", startedAt: new Date().toISOString() };
  return { trigger: "recovery", ended: { ...ended, input: JSON.stringify({ secretId }) } };
}

const recover = (input: object) => keyturn.start("RotateSecret", input as Readonly<Record<string, unknown>>);

describe("a recovery", () => {
  it("of an execution that is at work takes no lock and writes no record", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn("set-secret", "before", secret);
    await keyturn.over(await keyturn.start("RotateSecret", forged(executionArn, secret)));
    expect(await keyturn.records(secret)).toEqual([]);
    // Its own: the lock is still held by the first.
    const second = await keyturn.over(await keyturn.startRotation({ secretId: secret, trigger: "schedule" }));
    expect(second.output).toMatchObject({ outcome: "skipped", reason: "AlreadyRotating" });
    await keyturn.stop(executionArn);
    // Now it has ended, and is looked after.
    expect((await keyturn.records(secret)).map(({ outcome }) => outcome)).toEqual(["skipped", "rolled back"]);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("of an execution that never was writes nothing, whatever its input says of it", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const machine = keyturn.cloud.resource("RotateSecret").ref.replace(":stateMachine:", ":execution:");
    // A recovery that a fleet started: that reads how each ended.
    const recovery = await recover(forged(`${machine}:${freshName("never")}`, secret));
    await keyturn.cloud.settled();
    expect(await keyturn.ended(recovery)).toMatchObject({
      status: "SUCCEEDED",
      output: { outcome: "skipped", reason: "NoSuchExecution" },
    });
    expect(await keyturn.records(secret)).toEqual([]);
    expect(await keyturn.announced(secret)).toEqual([]);
  });

  it("of another machine's execution writes nothing", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const other = await keyturn.start("NoticeMove", { secretArn: secret, versionId: "none", at: "2026-01-01" });
    await keyturn.cloud.settled();
    await recover(forged(other, secret));
    await keyturn.cloud.settled();
    expect(await keyturn.records(secret)).toEqual([]);
  });

  it("takes secret, start and status from the execution itself", async () => {
    const [own, others] = [await keyturn.secretFor(await createLogin()), await keyturn.secretFor(await createLogin())];
    const { executionArn } = await keyturn.rotate(own);
    await recover(forged(executionArn, others));
    await keyturn.cloud.settled();
    expect(await keyturn.records(others)).toEqual([]);
    expect(await keyturn.records(own)).toHaveLength(1);
  });

  it("and one of that, of what ended well, records and announces nothing", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    let { executionArn } = await keyturn.rotate(secret, { trigger: "schedule", dueAfterDays: 9_999 });
    const before = await keyturn.records(secret);
    for (let round = 0; round < 2; round += 1) {
      executionArn = await keyturn.start("RotateSecret", { trigger: "recovery", ended: { executionArn } });
      await keyturn.cloud.settled();
    }
    expect(await keyturn.records(secret)).toEqual(before);
    expect((await keyturn.announced(secret)).filter((type) => /Failed|Attention/.test(type))).toEqual([]);
  });
});

describe("a start", () => {
  it.each(["x; touch /tmp/planted", "$(id)", "a\nb", "`id`", "a'b"])(
    "for %j is refused, and nobody is told to paste it",
    async (secretId) => {
      const { executionArn = "" } = await keyturn.sfn().send(
        new StartExecutionCommand({
          stateMachineArn: keyturn.cloud.resource("RotateSecret").ref,
          input: JSON.stringify({ secretId }),
        }),
      );
      await keyturn.cloud.settled();
      expect((await keyturn.ended(executionArn)).cause).toMatch(/^InvalidRequest/);
      const told = JSON.stringify((await keyturn.cloud.events()).filter(({ event }) => event.source === "keyturn"));
      expect(told).not.toContain(JSON.stringify(secretId).slice(1, -1));
    },
  );

  it("as an event asks for no more than a person may", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    await keyturn.request({ secretId: secret, trigger: "recovery", ended: { executionArn: "x" } });
    expect((await keyturn.records(secret))[0]).toMatchObject({ trigger: "event", outcome: "succeeded" });
  });
});
