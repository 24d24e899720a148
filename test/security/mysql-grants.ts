import { describe, expect, it } from "vitest";
import type { Login } from "../engines/contract.js";
import { pairOf, type Stage, unmarked } from "./mysql-stage.js";

/** Names that an owner of a database may give, and that must stay names where an admin repeats its grants. */
const HOSTILE = [
  "x` TO 'evil'@'%' WITH GRANT OPTION #",
  "x TO `evil`@`%`",
  "x TO ``@``",
  "x ON *.* FROM %v #",
  "x ON shop.* FROM %v #",
  "x ON `shop`.* FROM %v #x",
  "x` ON `shop`.* FROM %v #",
  "x FROM %v",
  "x, SUPER ON *.* TO `y",
  "x WITH GRANT OPTION",
  "new\nline -- \nx",
  "it's \"so\" \\' \\",
  "GRANT PROXY ON",
  "*",
  "größe 縗'",
];

export function attacksOnGrants(stage: Stage): void {
  const { createAdmin, createLogin, createOwner, inSession, sql, as } = stage;
  const name = (text: string) => `\`${text.replaceAll("`", "``")}\``;
  const sync = async (admin: Login, app: Login) => (await pairOf(stage, admin, app)).pair;
  const grants = async (user: string) =>
    (await sql(`SHOW GRANTS FOR ${stage.quote(user)}@'%'`))
      .map((row) => Object.values(row)[0]?.replace(/ IDENTIFIED BY PASSWORD '.*?'/, "") ?? "")
      .map((row) => row.replaceAll(`TO ${name(user)}@`, "TO `?`@"))
      .map(unmarked)
      .filter((row) => !row.includes("keyturn"))
      .sort();

  describe("what an owner calls its things", () => {
    it.each(HOSTILE)("stays a name where it is granted and taken: %j", async (hostile) => {
      const owner = await createOwner();
      const admin = await createAdmin([`ALL ON ${owner.database}.*`]);
      const victim = await createLogin(stage.fresh("v"));
      await sql(`GRANT SELECT ON shop.* TO '${victim.username}'@'%' WITH GRANT OPTION`);
      const app = await createLogin();
      const called = hostile.replace("%v", `'${victim.username}'@'%'`).slice(0, 64).trimEnd();
      const table = `${name(owner.database)}.${name(called)}`;
      await as(owner, `CREATE TABLE ${table} (id int, ${name(`c,)${called}`.slice(0, 64).trimEnd())} int)`);
      const column = name(`c,)${called}`.slice(0, 64).trimEnd());
      const to = `'${app.username}'@'%'`;
      const ours = [app.username, `${app.username}_clone`, admin.username];
      const before = await stage.everyone(ours);
      await as(owner, `GRANT SELECT, UPDATE (${column}) ON ${table} TO ${to} WITH GRANT OPTION`);
      const pair = await sync(admin, app);
      expect(await grants(pair.clone)).toEqual(await grants(pair.base));
      expect((await grants(pair.clone)).length).toBe(3);
      await as(owner, `REVOKE GRANT OPTION ON ${table} FROM ${to}`, `REVOKE SELECT ON ${table} FROM ${to}`);
      await sync(admin, app);
      expect(await grants(pair.clone)).toEqual(await grants(pair.base));
      await as(owner, `REVOKE UPDATE (${column}) ON ${table} FROM ${to}`);
      await sync(admin, app);
      expect(await grants(pair.clone)).toEqual(await grants(pair.base));
      expect(await stage.everyone(ours)).toEqual(before);
    });

    it("says nothing of an admin's own rights", async () => {
      const owner = await createOwner();
      const admin = await createAdmin();
      const app = await createLogin();
      const open = await inSession(app, async (session) => session.sessionsOf?.(app.username));
      expect(open).toBe(0);
      for (const called of ["x, PROCESS ON *.* TO ", "x, SUPER ON *.* TO y", "x, CREATE USER ON *.* TO y", "*"]) {
        const table = `${name(owner.database)}.${name(called.trimEnd())}`;
        await as(owner, `CREATE TABLE ${table} (id int)`, `GRANT SELECT ON ${table} TO '${admin.username}'@'%'`);
        await as(owner, `GRANT SELECT ON ${table} TO '${app.username}'@'%'`);
      }
      await inSession(admin, async (session) => {
        expect(await session.isSuperuser()).toBe(false);
        expect(await session.sessionsOf?.(app.username)).toBeUndefined();
      });
      await expect(
        inSession(app, async (session) => session.rehearse?.({ kind: "password", username: admin.username })),
      ).rejects.toMatchObject({ name: "AccessDeniedError" });
    });
  });

  it.each(["a` TO `@`b", "it's", "x FROM 'y'@'%'", "x REQUIRE NONE", "größe\\"])(
    "a base called %j is cloned, with its roles, and nobody else is changed",
    async (called) => {
      const admin = await createAdmin();
      const app = await createLogin(`${called}${stage.fresh("")}`, ["SELECT, UPDATE ON shop.*"]);
      const role = `r\`'x ${stage.fresh("")}`;
      const to = `${stage.quote(app.username)}@'%'`;
      const withAdmin = stage.name === "mysql" ? "" : ` WITH ADMIN '${admin.username}'@'%'`;
      await sql(`CREATE ROLE ${name(role)}${withAdmin}`);
      if (stage.name === "mysql") await sql(`GRANT ${name(role)} TO '${admin.username}'@'%' WITH ADMIN OPTION`);
      if (stage.name === "mysql") await sql(`GRANT ${name(role)} TO ${to}`);
      else await as(admin, `GRANT ${name(role)} TO ${to}`);
      const ours = [app.username, `${app.username}_clone`];
      const before = await stage.everyone(ours);
      const pair = await sync(admin, app);
      expect(await grants(pair.clone)).toEqual(await grants(pair.base));
      const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
      expect(await inSession(clone, (session) => session.pair())).toEqual({ ...pair, next: pair.base });
      await inSession(admin, (session) => session.retire({ pair: { ...pair, next: pair.base } }));
      const again = { pair: { ...pair, next: pair.base }, password: app.password, grants: "sync" } as const;
      await inSession(admin, (session) => session.alternate(again));
      expect(await stage.accepts(app)).toBe(true);
      const others = await stage.everyone(ours);
      expect(others).toEqual(before);
    },
  );
}
