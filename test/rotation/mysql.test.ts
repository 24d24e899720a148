import { afterAll, describe, expect, it } from "vitest";
import { mysqlTools } from "../../stage/mysql-tools.js";
import { startMysql } from "../../stage/servers/mysql.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import type { Login } from "../tools/postgres.js";

const server = await startMysql().catch((error: Error) => error);
if (server instanceof Error) {
  describe.skip(`MySQL through the workflow (optional: ${server.message.split("\n")[0]})`, () => {
    it("did not run", () => undefined);
  });
} else {
  afterAll(() => server.stop());
  const keyturn = useCloud({ caFile: server.caFile, retireAfterMinutes: { retiring: 0 } });
  const { host, port } = server;

  const { asSuperuser, createAdmin, createLogin, letsIn } = mysqlTools(server);
  const target = { engine: "mysql", host, port, dbname: "shop" };
  const managed = { "keyturn:schedule": "nightly" };

  const takeTurns = async (secret: string, first: Login) => {
    const credentials: Login[] = [first];
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      credentials.unshift(await keyturn.value(secret));
      const expected = [true, true, false].slice(0, credentials.length);
      expect(await Promise.all(credentials.slice(0, 3).map(letsIn))).toEqual(expected);
    }
    return credentials;
  };

  describe("MySQL through the workflow", () => {
    it("single-user: the new password is accepted and the old one refused", async () => {
      const login = await createLogin();
      const secret = await keyturn.storeSecret({ ...target, ...login }, managed);
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      expect([await letsIn(await keyturn.value(secret)), await letsIn(login)]).toEqual([true, false]);
    });

    it("dual password by the user itself: the one before stays valid", async () => {
      const login = await createLogin();
      await asSuperuser(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${login.username}`);
      const secret = await keyturn.storeSecret(
        { ...target, ...login },
        { ...managed, "keyturn:strategy": "dual-password" },
      );
      await takeTurns(secret, login);
    });

    it("dual password: the one before is retired by the user itself, also when a rotation since was left half done", async () => {
      const login = await createLogin();
      await asSuperuser(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${login.username}`);
      const secret = await keyturn.storeSecret(
        { ...target, ...login },
        { "keyturn:schedule": "retiring", "keyturn:strategy": "dual-password" },
      );
      const rotate = async () => keyturn.over(await keyturn.startRotation({ secretId: secret }));
      const grace = keyturn.holdGrace();
      await rotate();
      const current = await keyturn.value(secret);
      // The newest password is now that of AWSPENDING, and the current one is what MySQL calls the old.
      const faults = ["test-secret", "roll-back"].map((name) =>
        keyturn.cloud.inject({ match: invokes(name), kind: "exit", when: "before" }),
      );
      await rotate();
      for (const fault of faults) fault.lift();
      expect((await keyturn.records(secret))[0]).toMatchObject({ outcome: "needs attention" });
      const pending = await keyturn.value(secret, "AWSPENDING");
      expect(await Promise.all([current, pending].map(letsIn))).toEqual([true, true]);
      await grace.passes();
      expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired", sessions: 0 }]);
      expect(await Promise.all([current, login].map(letsIn))).toEqual([true, false]);
      expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
      expect(await Promise.all([await keyturn.value(secret), current].map(letsIn))).toEqual([true, false]);
    });

    it("alternating users take turns: the one before still gets in", async () => {
      const login = await createLogin();
      const admin = await createAdmin();
      await asSuperuser(
        `CREATE ROLE IF NOT EXISTS keyturn_base, keyturn_clone, keyturn_making, keyturn_retired;
         GRANT keyturn_base, keyturn_clone, keyturn_making, keyturn_retired TO ${admin.username} WITH ADMIN OPTION`,
      );
      const masterarn = await keyturn.storeSecret({ ...target, ...admin }, { "keyturn:admin": "test/" });
      const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, managed);
      const names = (await takeTurns(secret, login)).map(({ username }) => username);
      expect(names).toEqual([`${login.username}_clone`, login.username, `${login.username}_clone`, login.username]);
    });
  });
}
