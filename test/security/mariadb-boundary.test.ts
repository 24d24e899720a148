import { afterAll, describe, expect, it } from "vitest";
import { startMariadb } from "../../stage/servers/mariadb.js";
import { attacksOnAccounts } from "./mysql-accounts.js";
import { attacksOnGrants } from "./mysql-grants.js";
import { attacksOnPairs } from "./mysql-pairs.js";
import { attacksOnSessions } from "./mysql-sessions.js";
import { pairOf, stageOn } from "./mysql-stage.js";
import { attacksByStrangersGrants } from "./mysql-strangers-grants.js";

const server = await startMariadb();
afterAll(() => server.stop());
const stage = await stageOn("mariadb", server);
const { createAdmin, createLogin, inSession, sql } = stage;

describe("attacks on MariaDB 10.11", () => {
  attacksOnPairs(stage);
  attacksOnAccounts(stage);
  attacksOnGrants(stage);
  attacksByStrangersGrants(stage);
  attacksOnSessions(stage);

  it("a GRANT to an account that is gone makes none without a password", async () => {
    const two = "(SELECT 1 UNION SELECT 2)";
    const probe = `SELECT IF(@@sql_mode = 'NO_AUTO_CREATE_USER', 1, ${two})`;
    await inSession(await createLogin(), (session) => session.probe([probe]));
  });

  it("an account without a password is not let in by one", async () => {
    const app = await createLogin();
    await sql(`ALTER USER '${app.username}'@'%' IDENTIFIED BY ''`);
    expect(await stage.accepts(app)).toBe(false);
  });

  it("what stands in the quotes of a way to log in stays a text", async () => {
    const admin = await createAdmin();
    const app = await createLogin();
    const using = `a'' OR mysql_native_password USING \\\\'' ACCOUNT LOCK`;
    await sql(
      `ALTER USER '${app.username}'@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('${app.password}')
         OR unix_socket USING '${using}' REQUIRE SUBJECT '/CN=it''s ACCOUNT LOCK \\\\'`,
    );
    const { pair } = await pairOf(stage, admin, await createLogin());
    expect(pair.next).toBe(pair.clone);
    await inSession(admin, (session) => session.setPassword({ ...app, password: "A-new_passw0rd~of.ours" }));
    const own = { base: app.username, clone: `${app.username}_clone`, next: `${app.username}_clone` };
    await inSession(admin, (session) =>
      session.alternate({ pair: own, password: "The-cl0ne~of.ours", grants: "sync" }),
    );
    const shown = await Promise.all(
      [own.base, own.clone].map(
        async (user) => Object.values((await sql(`SHOW CREATE USER '${user}'@'%'`))[0] ?? {})[0],
      ),
    );
    for (const create of shown) {
      expect(create).toContain(`OR unix_socket USING '${using}' REQUIRE SUBJECT '/CN=it''s ACCOUNT LOCK \\\\'`);
      expect(create).not.toMatch(/ACCOUNT LOCK$/);
    }
  });
});
