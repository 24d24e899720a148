import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, describe, expect, it } from "vitest";
import { mysqlTools } from "../../stage/mysql-tools.js";
import { startMariadb } from "../../stage/servers/mariadb.js";
import { useCloud } from "../tools/cloud.js";
import type { Login } from "../tools/postgres.js";

const server = await startMariadb();
afterAll(() => server.stop());
const keyturn = useCloud({ caFile: server.caFile, retireAfterMinutes: { retiring: 0 } });
const { host, port } = server;

const { createLogin, createAdmin, letsIn } = mysqlTools(server);

const target = { engine: "mariadb", host, port, dbname: "shop" };

describe("MariaDB through the workflow", () => {
  it("single-user: the new password is accepted and the old one refused", async () => {
    const login = await createLogin();
    const secret = await keyturn.storeSecret({ ...target, ...login }, { "keyturn:schedule": "nightly" });
    const callsBefore = keyturn.cloud.calls().length;
    const { output } = await keyturn.rotate(secret);
    expect(output.outcome).toBe("succeeded");
    expect(
      keyturn.cloud
        .calls()
        .slice(callsBefore)
        .filter(({ service, caller }) => service === "secretsmanager" && !caller.includes("NoticeMove")),
    ).toHaveLength(9);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(await letsIn(login)).toBe(false);
    expect(await keyturn.records(secret)).toMatchObject([
      { engine: "mariadb", strategy: "single-user", outcome: "succeeded" },
    ]);
  });

  it("alternating users take turns: the one before still gets in", async () => {
    const login = await createLogin();
    const admin = await createAdmin();
    const masterarn = await keyturn.storeSecret({ ...target, ...admin }, { "keyturn:admin": "test/" });
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, { "keyturn:schedule": "nightly" });
    const credentials: Login[] = [login];
    for (const username of [`${login.username}_clone`, login.username, `${login.username}_clone`]) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      credentials.unshift(await keyturn.value(secret));
      expect(credentials[0]?.username).toBe(username);
      expect(await Promise.all(credentials.slice(0, 3).map(letsIn))).toEqual(
        [true, true, false].slice(0, credentials.length),
      );
    }
  });

  it("is rolled back by a login when the probe fails", async () => {
    const login = await createLogin();
    const secret = await keyturn.storeSecret(
      { ...target, ...login },
      { "keyturn:schedule": "nightly", "keyturn:probe": "SELECT no_such_column" },
    );
    await keyturn.rotate(secret);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back", reason: "ProbeFailed" }]);
    expect(await letsIn(login)).toBe(true);
  });
});

describe("dual password on MariaDB", () => {
  it("keeps the password before valid, and forgets the one before that", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.storeSecret({ ...target, ...(await createAdmin()) }, { "keyturn:admin": "test/" });
    const tags = { "keyturn:schedule": "nightly", "keyturn:strategy": "dual-password" };
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, tags);
    const credentials: Login[] = [login];
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      credentials.unshift(await keyturn.value(secret));
      expect(credentials[0]?.username).toBe(login.username);
      expect(await Promise.all(credentials.slice(0, 3).map(letsIn))).toEqual(
        [true, true, false].slice(0, credentials.length),
      );
    }
    expect(await keyturn.records(secret)).toMatchObject(
      Array(3).fill({ strategy: "dual-password", outcome: "succeeded" }),
    );
  });

  it("is retired after a time: the one before is refused, the current one never is, and the next rotation works", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.storeSecret({ ...target, ...(await createAdmin()) }, { "keyturn:admin": "test/" });
    const tags = { "keyturn:schedule": "retiring", "keyturn:strategy": "dual-password" };
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, tags);
    let before: Login = login;
    for (let turn = 0; turn < 2; turn += 1) {
      const grace = keyturn.holdGrace();
      await keyturn.over(await keyturn.startRotation({ secretId: secret }));
      const now: Login = await keyturn.value(secret);
      expect(await Promise.all([now, before].map(letsIn))).toEqual([true, true]);
      let settled = false;
      const accepted: boolean[] = [];
      const watch = (async () => {
        while (!settled) accepted.push(await letsIn(now));
      })();
      await grace.passes();
      settled = true;
      await watch;
      expect(accepted).not.toContain(false);
      expect(await Promise.all([now, before].map(letsIn))).toEqual([true, false]);
      before = now;
    }
    const records = await keyturn.retirements(secret);
    const retired = { outcome: "retired", engine: "mariadb", strategy: "dual-password", username: login.username };
    expect(records).toMatchObject([retired, retired]);
    // The admin has no right to see other users' sessions.
    expect(records[0]).not.toHaveProperty("sessions");
    const told = (await keyturn.cloud.events()).filter(({ event }) => event.detail.secretArn === secret).at(-1);
    expect(told?.event.detail.summary).toContain("How many sessions of that user are open is not known.");
  });

  it("is not retired when AWSPREVIOUS is of another user", async () => {
    const login = await createLogin();
    const victim = await createLogin();
    const masterarn = await keyturn.storeSecret({ ...target, ...(await createAdmin()) }, { "keyturn:admin": "test/" });
    const tags = { "keyturn:schedule": "nightly", "keyturn:strategy": "dual-password" };
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, tags);
    await keyturn.rotate(secret);
    const { VersionId } = await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify({ ...target, ...victim }),
        VersionStages: ["AWSPREVIOUS"],
      }),
    );
    const detail = (await keyturn.cloud.events()).find(({ event }) => event.detail.secretArn === secret)?.event.detail;
    await keyturn.start("RetireSecret", {
      rotation: { ...detail, previousVersionId: VersionId, retireAfterMinutes: 0 },
    });
    await keyturn.cloud.settled();
    expect(await keyturn.retirements(secret)).toEqual([]);
    expect(await Promise.all([await keyturn.value(secret), login, victim].map(letsIn))).toEqual([true, true, true]);
  });

  it("leaves no second password behind when it is rolled back", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.storeSecret({ ...target, ...(await createAdmin()) }, { "keyturn:admin": "test/" });
    const tags = {
      "keyturn:schedule": "nightly",
      "keyturn:strategy": "dual-password",
      "keyturn:probe": "SELECT nothing",
    };
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, tags);
    await keyturn.rotate(secret);
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ outcome: "rolled back" });
    expect(JSON.stringify(record)).toContain("The password under AWSPENDING was made useless, by the admin.");
    expect(await letsIn(login)).toBe(true);
  });

  it("needs an admin, and says so", async () => {
    const login = await createLogin();
    const tags = { "keyturn:schedule": "nightly", "keyturn:strategy": "dual-password" };
    const secret = await keyturn.storeSecret({ ...target, ...login }, tags);
    expect((await keyturn.rotate(secret)).error).toBe("AccessDeniedError");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("is refused by Plan for an engine that has none", async () => {
    const secret = await keyturn.storeSecret(
      { ...target, engine: "postgres", username: "x", password: "some-password-or-other" },
      { "keyturn:schedule": "nightly", "keyturn:strategy": "dual-password" },
    );
    expect((await keyturn.rotate(secret)).cause).toContain("NoDualPassword");
  });
});
