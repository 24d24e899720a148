import { describe, expect, it } from "vitest";
import type { Login } from "../engines/contract.js";
import { pairOf, type Stage } from "./mysql-stage.js";

const CLONE = "The-cl0ne~of.ours";

/** What the admin may neither repeat nor take, because somebody else granted it, is left and said, and hides nothing else. */
export function attacksByStrangersGrants(stage: Stage): void {
  const { createAdmin, createLogin, createOwner, inSession, sql, as, accepts } = stage;
  const alternate = (admin: Login, app: Login) => {
    const clone = `${app.username}_clone`;
    const pair = { base: app.username, clone, next: clone };
    return inSession(admin, (session) => session.alternate({ pair, password: CLONE, grants: "sync" }));
  };
  const rehearse = (admin: Login, app: Login) => {
    const clone = `${app.username}_clone`;
    const pair = { base: app.username, clone, next: clone };
    return inSession(admin, async (session) => session.rehearse?.({ kind: "pair", pair, grants: "sync" }));
  };
  const grants = async (user: string) =>
    (await sql(`SHOW GRANTS FOR '${user}'@'%'`)).map((row) => Object.values(row)[0] ?? "").join("\n");

  describe("what an owner grants to one of a pair", () => {
    it("is left and said, and what is new beside it in the same row goes to the clone and goes again", async () => {
      const [admin, app, owner] = [await createAdmin(), await createLogin(), await createLogin()];
      await pairOf(stage, admin, app);
      await sql(`GRANT DELETE ON shop.* TO '${owner.username}'@'%' WITH GRANT OPTION`);
      await as(owner, `GRANT DELETE ON shop.* TO '${app.username}'@'%'`);
      await sql(`GRANT SELECT, UPDATE ON shop.* TO '${app.username}'@'%'`);
      expect(await rehearse(admin, app)).toContain("may not repeat");
      const to = `TO '${app.username}_clone'@'%'`;
      const left = [`GRANT DELETE ON \`shop\`.* ${to}`];
      const first = await alternate(admin, app);
      expect(first).toMatchObject({ created: false, revoked: [], left });
      expect(first.granted.toSorted()).toEqual([
        `GRANT SELECT ON \`shop\`.* ${to}`,
        `GRANT UPDATE ON \`shop\`.* ${to}`,
      ]);
      expect(await grants(`${app.username}_clone`)).toContain("SELECT, INSERT, UPDATE ON");
      await sql(`REVOKE UPDATE ON shop.* FROM '${app.username}'@'%'`);
      expect((await alternate(admin, app)).revoked).toEqual([
        `REVOKE UPDATE ON \`shop\`.* FROM '${app.username}_clone'@'%'`,
      ]);
      expect(await grants(`${app.username}_clone`)).toContain("GRANT SELECT, INSERT ON `shop`");
      await sql(`REVOKE DELETE ON shop.* FROM '${app.username}'@'%'`);
      expect(await alternate(admin, app)).not.toHaveProperty("left");
    });

    it("is no longer the clone's than the owner or an admin who may leaves it there", async () => {
      const [admin, app, owner] = [await createAdmin(), await createLogin(), await createOwner()];
      const { clone } = await pairOf(stage, admin, app);
      await as(owner, `GRANT INSERT ON ${owner.database}.* TO '${clone.username}'@'%' WITH GRANT OPTION`);
      const { left, revoked } = await alternate(admin, app);
      expect(revoked).toEqual([]);
      expect(left?.toSorted()).toEqual([
        `REVOKE GRANT OPTION ON \`${owner.database}\`.* FROM '${clone.username}'@'%'`,
        `REVOKE INSERT ON \`${owner.database}\`.* FROM '${clone.username}'@'%'`,
      ]);
      const greater = await createAdmin([`INSERT ON ${owner.database}.*`]);
      if (stage.name === "mariadb")
        await as(admin, `GRANT keyturn_${app.username} TO '${greater.username}'@'%' WITH ADMIN OPTION`);
      expect((await alternate(greater, app)).revoked).toHaveLength(2);
      expect(await grants(clone.username)).not.toContain(owner.database);
    });

    it("makes no report of a size that somebody else chooses", async () => {
      const [admin, app, owner] = [await createAdmin(), await createLogin(), await createOwner()];
      await pairOf(stage, admin, app);
      const columns = Array.from({ length: 60 }, (_, index) => `${"long_".repeat(10)}${index}`);
      const to = `TO '${app.username}'@'%'`;
      await as(owner, `CREATE TABLE ${owner.database}.t (${columns.map((one) => `${one} int`).join(", ")})`);
      await as(owner, `GRANT SELECT (${columns.join(", ")}) ON ${owner.database}.t ${to}`);
      const theirs = await alternate(admin, app);
      expect(theirs.left).toHaveLength(21);
      expect(theirs.left?.at(-1)).toBe("and 40 more");
      const greater = await createAdmin([`SELECT ON ${owner.database}.*`]);
      if (stage.name === "mariadb")
        await as(admin, `GRANT keyturn_${app.username} TO '${greater.username}'@'%' WITH ADMIN OPTION`);
      const ours = await alternate(greater, app);
      expect(ours.granted).toHaveLength(1);
      expect(ours.granted.join().length).toBeLessThan(310);
    });

    it("stops the making of a clone, that says the statement, leaves nobody a way in, and goes on when it is settled", async () => {
      const [admin, app, owner] = [await createAdmin(), await createLogin(), await createOwner()];
      await as(owner, `GRANT SELECT ON ${owner.database}.* TO '${app.username}'@'%'`);
      const refusal = {
        code: "AdminLacksRight",
        message: expect.stringContaining(`GRANT SELECT ON \`${owner.database}\`.* TO`),
      };
      await expect(rehearse(admin, app)).rejects.toMatchObject(refusal);
      // The second time the clone is there, and still one that was never whole.
      for (let times = 0; times < 2; times += 1) await expect(alternate(admin, app)).rejects.toMatchObject(refusal);
      await expect(rehearse(admin, app)).rejects.toMatchObject(refusal);
      const clone = { username: `${app.username}_clone`, password: CLONE };
      expect([await accepts(app), await accepts(clone)]).toEqual([true, false]);
      const pair = { base: app.username, clone: clone.username, next: clone.username };
      const kept = inSession(admin, (session) => session.alternate({ pair, password: CLONE, grants: "keep" }));
      await expect(kept).rejects.toMatchObject({ code: "CloneNameTaken" });
      await as(owner, `REVOKE SELECT ON ${owner.database}.* FROM '${app.username}'@'%'`);
      await alternate(admin, app);
      expect(await accepts(clone)).toBe(true);
      expect(await inSession(clone, (session) => session.pair())).toEqual({ ...pair, next: pair.base });
      expect(await grants(clone.username)).not.toContain("making");
    });
  });

  it("ALL of a database becomes less, and more again", async () => {
    const database = stage.fresh("db");
    const admin = await createAdmin([`ALL ON ${database}.*`]);
    const app = await createLogin(stage.fresh(), [`SELECT, DELETE ON ${database}.*`]);
    const { clone } = await pairOf(stage, admin, app);
    for (const statement of [
      `GRANT ALL ON ${database}.* TO '${app.username}'@'%'`,
      `REVOKE INSERT, DROP ON ${database}.* FROM '${app.username}'@'%'`,
      `GRANT ALL ON ${database}.* TO '${app.username}'@'%' WITH GRANT OPTION`,
    ]) {
      await sql(statement);
      await alternate(admin, app);
      const [base, other] = [await grants(app.username), await grants(clone.username)].map((text) =>
        text
          .split("\n")
          .find((row) => row.includes(database))
          ?.replace(/ TO `.*?`@/, ""),
      );
      expect(other).toBe(base);
    }
  });
}
