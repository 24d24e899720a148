import { afterAll, describe, expect, it } from "vitest";
import { startMysql } from "../../stage/servers/mysql.js";
import { attacksOnAccounts } from "./mysql-accounts.js";
import { attacksOnGrants } from "./mysql-grants.js";
import { attacksOnPairs } from "./mysql-pairs.js";
import { attacksOnSessions } from "./mysql-sessions.js";
import { pairOf, stageOn } from "./mysql-stage.js";
import { attacksByStrangersGrants } from "./mysql-strangers-grants.js";

// Debian's unstable release moves, so this server is optional; that it did not run is said aloud.
const server = await startMysql().catch((error: Error) => error);
if (server instanceof Error) {
  describe.skip(`MySQL (optional: ${server.message.split("\n")[0]})`, () => {
    it("did not run", () => undefined);
  });
} else {
  afterAll(() => server.stop());
  const stage = await stageOn("mysql", server);
  const { createAdmin, createLogin, inSession, sql } = stage;

  describe(`attacks on MySQL ${server.version}`, () => {
    attacksOnPairs(stage);
    attacksOnAccounts(stage);
    attacksOnGrants(stage);
    attacksByStrangersGrants(stage);
    attacksOnSessions(stage);

    it("a role, which is a locked account here, is not made one that logs in", async () => {
      const admin = await createAdmin();
      const role = stage.fresh("role");
      await sql(`CREATE ROLE ${role}`);
      const pair = { base: role, clone: `${role}_clone` };
      const before = await stage.everyone();
      for (const next of [pair.base, pair.clone]) {
        const made = inSession(admin, (session) =>
          session.alternate({ pair: { ...pair, next }, password: "N0t-to~be.set", grants: "sync" }),
        );
        await expect(made).rejects.toMatchObject({ code: expect.stringMatching(/BaseCannotLogIn|CloneMissing/) });
      }
      expect(await stage.everyone()).toEqual(before);
    });

    it("an admin that may not mark a clone is told so, beforehand too, and leaves none behind", async () => {
      const admin = await createAdmin();
      await sql(`REVOKE keyturn_clone FROM '${admin.username}'@'%'`);
      const app = await createLogin();
      const pair = await inSession(app, (session) => session.pair());
      const lacking = { code: "AdminLacksRight", message: expect.stringContaining("WITH ADMIN OPTION") };
      const change = { pair, grants: "sync" } as const;
      await inSession(admin, async (session) => {
        await expect(session.rehearse?.({ kind: "pair", ...change })).rejects.toMatchObject(lacking);
        await expect(session.alternate({ ...change, password: "N0t-to~be.set" })).rejects.toMatchObject(lacking);
      });
      expect(await sql(`SELECT 1 FROM mysql.user WHERE User = '${pair.clone}'`)).toEqual([]);
      await sql(`GRANT ROLE_ADMIN ON *.* TO '${admin.username}'@'%'`);
      await pairOf(stage, admin, app);
    });

    it("a default role that the clone has not got stops nothing, and one that everybody has is kept", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const [stale, everyones] = [stage.fresh("role"), stage.fresh("role")];
      await sql(`CREATE ROLE ${stale}, ${everyones}`, `SET GLOBAL mandatory_roles = '${stale},${everyones}'`);
      try {
        await sql(`SET DEFAULT ROLE ${stale}, ${everyones} TO '${app.username}'@'%'`);
        await sql(`SET GLOBAL mandatory_roles = '${everyones}'`);
        const { pair } = await pairOf(stage, admin, app);
        const roles = await sql(
          `SELECT DEFAULT_ROLE_USER AS role FROM mysql.default_roles WHERE USER = '${pair.clone}'`,
        );
        expect(roles).toEqual([{ role: everyones }]);
      } finally {
        await sql("SET GLOBAL mandatory_roles = ''");
      }
    });

    it("an account that too many wrong passwords blocked is told so", async () => {
      const app = await createLogin();
      await sql(`ALTER USER '${app.username}'@'%' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED`);
      expect(await stage.accepts({ ...app, password: "wr0ng~Wrong" })).toBe(false);
      const refused = await inSession(app, async () => undefined).catch((error) => error);
      expect(refused).toMatchObject({ name: "ConflictError", code: "LockedOut" });
    });

    it("a proxy is not the login that it acts as, and a clone gets no proxy's right", async () => {
      const app = await createLogin();
      const evil = await createLogin();
      const proxied = `('%', '${evil.username}', '%', '${app.username}', 0)`;
      await sql(
        `INSERT INTO mysql.proxies_priv (Host, User, Proxied_host, Proxied_user, With_grant) VALUES ${proxied}`,
        "FLUSH PRIVILEGES",
      );
      const { pair } = await pairOf(stage, await createAdmin(), evil);
      const grants = (await sql(`SHOW GRANTS FOR '${pair.clone}'@'%'`)).map((row) => Object.values(row)[0]);
      expect(grants.join()).not.toContain("PROXY");
      const switches = ["check_proxy_users", "caching_sha2_password_proxy_users"];
      await sql(...switches.map((one) => `SET GLOBAL ${one} = ON`));
      try {
        const [acts] = await stage.as(evil, "SELECT CURRENT_USER() AS as_whom");
        expect(acts?.as_whom).toBe(`${app.username}@%`);
        await expect(inSession(evil, (session) => session.whoAmI())).rejects.toMatchObject({ code: "OtherLogin" });
        expect((await inSession(app, (session) => session.whoAmI())).login).toBe(app.username);
      } finally {
        await sql(...switches.map((one) => `SET GLOBAL ${one} = OFF`));
      }
    });

    it("what a certificate's subject is called stays a text", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const subject = "/CN=x' ACCOUNT UNLOCK PASSWORD EXPIRE NEVER -- \\\\";
      const { pair } = await pairOf(stage, admin, app);
      await sql(`ALTER USER '${app.username}'@'%' REQUIRE SUBJECT ${stage.quote(subject)}`);
      await inSession(admin, (session) => session.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" }));
      const rows = await sql(
        `SELECT CONVERT(x509_subject USING utf8mb4) AS subject, password_lifetime AS lifetime FROM mysql.user
          WHERE User IN ('${pair.base}', '${pair.clone}')`,
      );
      expect(rows).toEqual([
        { subject, lifetime: null },
        { subject, lifetime: null },
      ]);
    });
  });
}
