import { DeleteSecretCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/local/gateway/faults.js";
import { entered, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

/** The event that an execution ended comes, and cannot start anything. */
const lostStarts: Fault = {
  match: ({ operation, caller }) => operation === "StartExecution" && caller.includes("RuleRole"),
  kind: "deny",
  when: "before",
};

async function recover(inMinutes = 0) {
  keyturn.cloud.fireSchedule("recovery", new Date(Date.now() + inMinutes * 60_000));
  await keyturn.cloud.settled();
}

describe("the recovery schedule", () => {
  it.each(["create-secret", "set-secret", "finish-secret"])(
    "finds what %s left when nobody was told",
    async (phase) => {
      const secret = await keyturn.secretFor(await createLogin());
      const lost = keyturn.cloud.inject(lostStarts);
      const executionArn = await keyturn.hangIn(phase, "after", secret);
      await keyturn.stop(executionArn);
      lost.lift();
      expect(await keyturn.records(secret)).toEqual([]);
      await recover();
      expect(await keyturn.records(secret)).toMatchObject([{ executionArn, reason: "ExecutionAborted" }]);
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
      await recover(60);
      expect(await keyturn.records(secret)).toHaveLength(1);
    },
  );

  it("goes on after recoveries of its own that were stopped, each in the name of the first", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const lost = keyturn.cloud.inject(lostStarts);
    const first = await keyturn.hangIn("set-secret", "before", secret);
    await keyturn.stop(first);
    for (let turn = 0; turn < 5; turn += 1) {
      const hang = keyturn.cloud.inject({ match: invokes("roll-back"), kind: "hang", when: "before", times: 1 });
      const recovery = entered(keyturn.cloud, "Roll back");
      keyturn.cloud.fireSchedule("recovery", new Date(Date.now() + (turn + 1) * 86_400_000));
      await hang.hit;
      await keyturn.stop(await recovery);
    }
    lost.lift();
    await recover(60 * 24 * 10);
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn: first, outcome: "rolled back" }]);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("tries again what needed a person, after a pause that grows", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const set = (password: string) =>
      asSuperuser((client) =>
        client.query(
          `ALTER ROLE ${client.escapeIdentifier(login.username)} PASSWORD ${client.escapeLiteral(password)}`,
        ),
      );
    await set("somebody-elses");
    await keyturn.rotate(secret);
    const outcomes = async () => (await keyturn.records(secret)).map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(["needs attention"]);
    await recover(5);
    expect(await outcomes()).toHaveLength(1);
    await recover(11);
    await recover(12);
    expect(await outcomes()).toEqual(["needs attention", "needs attention"]);
    await set(login.password);
    await recover(60);
    expect(await outcomes()).toEqual(["succeeded", "needs attention", "needs attention"]);
    expect(await keyturn.records(secret)).toMatchObject([{ requestedBy: "recovery" }, {}, {}]);
    await recover(120);
    expect(await outcomes()).toHaveLength(3);
  });

  it.each([
    ["deleted", (SecretId: string) => new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 })],
    [
      "taken out of Keyturn's hands",
      (SecretId: string) => new UntagResourceCommand({ SecretId, TagKeys: ["keyturn:schedule"] }),
    ],
  ])("leaves a secret alone that was %s meanwhile", async (_, command) => {
    const login = await createLogin();
    const secret = await keyturn.secretFor({ ...login, password: "never-the-right-one" });
    await keyturn.rotate(secret);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "needs attention" }]);
    await keyturn.secrets().send(command(secret) as DeleteSecretCommand);
    await recover(60 * 24 * 30);
    expect(await keyturn.records(secret)).toHaveLength(1);
  });

  it("says nothing when there is nothing to do", async () => {
    const summaries = async () =>
      (await keyturn.cloud.events()).filter(({ event }) => event["detail-type"] === "Fleet Rotation Completed").length;
    const before = await summaries();
    await recover();
    expect(await summaries()).toBe(before);
  });
});
