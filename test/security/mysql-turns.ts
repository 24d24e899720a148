import { describe, expect, it } from "vitest";
import type { MariadbServer } from "../../stage/servers/mariadb.js";
import type { useCloud } from "../tools/cloud.js";
import type { Stage } from "./mysql-stage.js";

/** Who owns another database on the server, or is a login there, stops no pair's turns and takes none over. */
export function attacksOnTurns(keyturn: ReturnType<typeof useCloud>, stage: Stage, server: MariadbServer): void {
  const { createAdmin, createLogin, createOwner, sql, as, accepts } = stage;
  const target = { engine: stage.name, host: server.host, port: server.port };

  async function pairInTurns(app?: { username: string; password: string }) {
    const login = app ?? (await createLogin());
    const admin = await createAdmin();
    const masterarn = await keyturn.storeSecret({ ...target, ...admin }, { "keyturn:admin": "test/" });
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, { "keyturn:schedule": "nightly" });
    return { app: login, admin, secret, clone: `${login.username}_clone` };
  }
  const turns = async (secret: string, times: number) => {
    for (let turn = 0; turn < times; turn += 1) {
      const { output, cause } = await keyturn.rotate(secret);
      expect(output.outcome, cause).toBe("succeeded");
      expect(await accepts(await keyturn.value(secret))).toBe(true);
    }
  };

  describe("the turns of a pair", () => {
    it.each(["base", "clone"] as const)("go on when an owner grants its %s something of his", async (which) => {
      const { app, secret, clone } = await pairInTurns();
      await turns(secret, 2);
      const owner = await createOwner();
      const role = stage.fresh("role");
      await sql(`CREATE ROLE ${role}`, `GRANT ${role} TO '${owner.username}'@'%' WITH ADMIN OPTION`);
      const victim = `'${which === "base" ? app.username : clone}'@'%'`;
      await as(
        owner,
        `CREATE TABLE ${owner.database}.t (id int, name int)`,
        `CREATE PROCEDURE ${owner.database}.p() SELECT 1`,
        `GRANT SELECT, UPDATE (name) ON ${owner.database}.t TO ${victim} WITH GRANT OPTION`,
        `GRANT INSERT ON ${owner.database}.* TO ${victim}`,
        `GRANT EXECUTE ON PROCEDURE ${owner.database}.p TO ${victim}`,
        `GRANT ${role} TO ${victim}${stage.name === "mariadb" ? " WITH ADMIN OPTION" : ""}`,
      );
      await turns(secret, 3);
    });

    it("go on when a table, a column and a routine of which both have a right are dropped, and the clone is made", async () => {
      const { app, secret } = await pairInTurns();
      const [table, other, procedure] = ["t", "u", "p"].map((one) => `shop.${stage.fresh(one)}`);
      await sql(`CREATE TABLE ${table} (id int)`, `CREATE TABLE ${other} (id int, gone int)`);
      await sql(`CREATE PROCEDURE ${procedure}() SELECT 1`, `GRANT SELECT ON ${table} TO '${app.username}'@'%'`);
      await sql(`GRANT SELECT (id, gone) ON ${other} TO '${app.username}'@'%'`);
      await sql(`GRANT EXECUTE ON PROCEDURE ${procedure} TO '${app.username}'@'%'`);
      const neighbour = await createLogin(stage.fresh(), ["DROP, CREATE, INSERT, ALTER ON shop.*"]);
      await as(neighbour, `DROP TABLE ${table}`, `ALTER TABLE ${other} DROP COLUMN gone`);
      await sql(`DROP PROCEDURE ${procedure}`);
      await turns(secret, 1);
      const grants = (await sql(`SHOW GRANTS FOR '${app.username}_clone'@'%'`)).map((row) => Object.values(row)[0]);
      expect(grants.join()).toContain("SELECT (`id`)");
      await turns(secret, 2);
    });

    it("go on when a table that is called like a system's is granted, in a database that is called like a pattern", async () => {
      const { app, admin, secret } = await pairInTurns();
      const owner = await createLogin(stage.fresh("owner"));
      await sql(`GRANT ALL ON \`my\\_%\`.* TO '${owner.username}'@'%' WITH GRANT OPTION`);
      await as(owner, "CREATE DATABASE IF NOT EXISTS `my_%`", "CREATE TABLE IF NOT EXISTS `my_%`.user (id int)");
      await turns(secret, 2);
      for (const victim of [app.username, `${app.username}_clone`, admin.username])
        await as(owner, `GRANT INSERT, UPDATE ON \`my_%\`.user TO '${victim}'@'%'`);
      await turns(secret, 3);
    });

    it("do not take over a login that was made later under the name of the base", async () => {
      const { app, secret, clone } = await pairInTurns();
      await turns(secret, 1);
      await sql(`DROP USER '${app.username}'@'%'`);
      const victim = await createLogin(app.username);
      const { cause } = await keyturn.rotate(secret);
      expect(cause).toContain("BaseNotMarked");
      expect(await accepts(victim)).toBe(true);
      // Nor does the new login's own secret take the old one's clone.
      const current = await keyturn.value(secret);
      expect(current.username).toBe(clone);
      const theirs = await pairInTurns(victim);
      expect((await keyturn.rotate(theirs.secret)).output.outcome).not.toBe("succeeded");
      expect([await accepts(victim), await accepts(current)]).toEqual([true, true]);
    });
  });
}
