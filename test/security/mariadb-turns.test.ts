import { afterAll, describe, expect, it } from "vitest";
import { startMariadb } from "../../stage/servers/mariadb.js";
import { useCloud } from "../tools/cloud.js";
import { stageOn } from "./mysql-stage.js";
import { attacksOnTurns } from "./mysql-turns.js";

const server = await startMariadb();
afterAll(() => server.stop());
const keyturn = useCloud({ caFile: server.caFile });
const stage = await stageOn("mariadb", server);
const { createAdmin, createLogin, createOwner, inSession, sql, as } = stage;

describe("attacks on turns on MariaDB 10.11", () => {
  attacksOnTurns(keyturn, stage, server);
});

describe("what PUBLIC has been granted", () => {
  it("stops no admin, is no login's own, and goes to no clone", async () => {
    const owner = await createOwner();
    // Before there is a grant to PUBLIC only a superuser makes one; then every owner may.
    await sql("GRANT SELECT ON shop.* TO PUBLIC", "REVOKE SELECT ON shop.* FROM PUBLIC");
    const target = { engine: "mariadb", host: server.host, port: server.port };
    const masterarn = await keyturn.storeSecret({ ...target, ...(await createAdmin()) }, { "keyturn:admin": "test/" });
    const app = await createLogin();
    const secret = await keyturn.storeSecret({ ...target, ...app, masterarn }, { "keyturn:schedule": "nightly" });
    await as(owner, `GRANT SELECT ON ${owner.database}.* TO PUBLIC WITH GRANT OPTION`);
    const { output, cause } = await keyturn.rotate(secret);
    expect(output.outcome, cause).toBe("succeeded");
    const grants = (await sql(`SHOW GRANTS FOR '${app.username}_clone'@'%'`)).map((row) => Object.values(row)[0]);
    expect(grants.join()).not.toContain(owner.database);
    await sql(`REVOKE SELECT, GRANT OPTION ON ${owner.database}.* FROM PUBLIC`);
  });

  it("makes everybody a superuser where it amounts to that, by a role too", async () => {
    const admin = await createAdmin();
    const app = await createLogin();
    const role = stage.fresh("role");
    const judged = () =>
      inSession(admin, async (session) => ({
        admin: await session.isSuperuser(),
        app: await session.setPassword({ username: app.username, password: "N0t-to~be.set" }).catch(({ code }) => code),
      }));
    expect(await judged()).toMatchObject({ admin: false, app: { sentAs: "verifier" } });
    await sql(`CREATE ROLE ${role}`, `GRANT UPDATE ON mysql.* TO ${role}`);
    for (const [right, back] of [
      ["UPDATE ON mysql.* TO PUBLIC", "UPDATE ON mysql.* FROM PUBLIC"],
      [`${role} TO PUBLIC`, `${role} FROM PUBLIC`],
    ]) {
      await sql(`GRANT ${right}`);
      const found = await judged().finally(() => sql(`REVOKE ${back}`));
      expect(found).toEqual({ admin: true, app: "Superuser" });
    }
  });
});
