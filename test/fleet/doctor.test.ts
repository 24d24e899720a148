import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, letsIn } from "../tools/postgres.js";
import { traces } from "../tools/traces.js";

const keyturn = useCloud();

const detailOf = async (type: string) =>
  (await keyturn.cloud.events()).filter(({ event }) => event["detail-type"] === type).map(({ event }) => event.detail);

async function started() {
  const count = async (machine: string) => {
    const stateMachineArn = keyturn.cloud.resource(machine).ref;
    const { executions = [] } = await keyturn.sfn().send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.length;
  };
  return { rotations: await count("RotateSecret"), checks: await count("CheckSecret") };
}

describe("the doctor", () => {
  it("announces exactly the secret that is broken, due or not and of any schedule, and writes nothing", async () => {
    const logins = await Promise.all([1, 2, 3, 4].map(() => createLogin()));
    const [single, weekly, paired, broken] = logins as [(typeof logins)[0], ...typeof logins];
    const masterarn = await keyturn.adminSecretFor(await createAdmin(paired?.username ?? ""));
    const secrets = [
      await keyturn.secretFor(single),
      await keyturn.secretFor(weekly ?? single, {}, { "keyturn:schedule": "weekly" }),
      await keyturn.secretFor(paired ?? single, { masterarn }),
      await keyturn.secretFor(broken ?? single),
    ];
    const unmanaged = await keyturn.storeSecret({ engine: "postgres" }, { team: "shop" });
    for (const secret of secrets) expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    await asSuperuser((client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(broken?.username ?? "")} PASSWORD 'changed by hand'`),
    );
    const users = logins.map(({ username }) => username);
    const before = await traces(keyturn, secrets, users);
    const { rotations, checks } = await started();

    keyturn.cloud.fireSchedule("doctor");
    await keyturn.cloud.settled();

    expect(await traces(keyturn, secrets, users)).toEqual(before);
    const failed = await detailOf("Secret Check Failed");
    expect(failed).toMatchObject([
      {
        secretArn: secrets[3],
        reason: "CurrentRejected",
        outcome: "check failed",
        trigger: "schedule",
        requestedBy: "schedule doctor",
      },
    ]);
    expect(await detailOf("Fleet Check Completed")).toMatchObject([
      { schedule: "doctor", checked: 4, failed: 1, rotated: 0, skipped: 0, byReason: { CurrentRejected: 1 } },
    ]);
    expect(await keyturn.announced(unmanaged)).toEqual([]);
    expect(await started()).toEqual({ rotations, checks: checks + 4 });
    for (const secret of secrets.slice(0, 3)) expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("tells people, and is silent once it is mended", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor({ ...login, password: "not-the-0ne" });
    const told = async () =>
      (await keyturn.cloud.messages()).filter(({ message }) =>
        message.includes(secret.split(":").at(-1)?.slice(0, -7) ?? ""),
      );
    keyturn.cloud.fireSchedule("doctor", new Date(Date.now() + 86_400_000));
    await keyturn.cloud.settled();
    expect(await told()).toMatchObject([{ subject: expect.stringContaining("would fail") }]);
    await asSuperuser((client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(login.username)} PASSWORD 'not-the-0ne'`),
    );
    keyturn.cloud.fireSchedule("doctor", new Date(Date.now() + 2 * 86_400_000));
    await keyturn.cloud.settled();
    expect(await told()).toHaveLength(1);
    expect(await keyturn.announced(secret)).toEqual(["Secret Check Failed"]);
  });
});
