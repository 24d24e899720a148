import { describe, expect, it } from "vitest";
import type { Login } from "../engines/contract.js";
import { pairOf, type Stage } from "./mysql-stage.js";

const NEW = "N0t-to~be.set";

/** Who is whose clone, and which login is barred, is said by an admin and by nobody else. */
export function attacksOnPairs(stage: Stage): void {
  const { createAdmin, createLogin, inSession, accepts, sql, as } = stage;
  const alternate = (
    admin: Login,
    pair: { base: string; clone: string; next: string },
    grants: "sync" | "keep" = "sync",
  ) => inSession(admin, (session) => session.alternate({ pair, password: NEW, grants }));
  const retire = (admin: Login, pair: { base: string; clone: string; next: string }) =>
    inSession(admin, (session) => session.retire({ pair }));

  describe("a login that is named like the clone of another", () => {
    it.each([
      `ALTER USER CURRENT_USER() IDENTIFIED BY '%p' ATTRIBUTE '{"keyturn": {"cloneOf": "%b"}}'`,
      `ALTER USER CURRENT_USER() IDENTIFIED BY '%p' COMMENT '{"keyturn": {"cloneOf": "%b"}}'`,
      "CREATE ROLE keyturn_clone",
      "CREATE ROLE `keyturn_%b`",
      "GRANT keyturn_clone TO CURRENT_USER()",
      "GRANT `keyturn_%b` TO CURRENT_USER()",
      "SET ROLE keyturn_clone",
      "SET DEFAULT ROLE `keyturn_%b`",
      "SELECT 1",
    ])("is none, whatever it says of itself: %s", async (statement) => {
      const admin = await createAdmin();
      const other = await createLogin();
      await pairOf(stage, admin, other);
      const victim = await createLogin();
      const evil = await createLogin(`${victim.username}_clone`);
      await as(evil, statement.replace("%p", evil.password).replaceAll("%b", victim.username)).catch(() => undefined);
      const said = await inSession(evil, (session) => session.pair());
      expect(said.base).toBe(evil.username);
      const pair = { base: victim.username, clone: evil.username };
      const before = await stage.everyone();
      for (const next of [pair.base, pair.clone]) {
        for (const grants of ["sync", "keep"] as const)
          await expect(alternate(admin, { ...pair, next }, grants)).rejects.toMatchObject({ code: "CloneNameTaken" });
        await expect(retire(admin, { ...pair, next })).rejects.toMatchObject({ code: "CloneNameTaken" });
      }
      expect(await stage.everyone()).toEqual(before);
      expect([await accepts(victim), await accepts(evil)]).toEqual([true, true]);
    });

    it("is none by the mark of another pair, nor by one that it may hand on", async () => {
      const admin = await createAdmin();
      const victim = await createLogin();
      const evil = await createLogin(`${victim.username}_clone`);
      const role = stage.name === "mysql" ? "keyturn_clone" : `keyturn_${victim.username}`;
      const granted = `GRANT ${role} TO '${evil.username}'@'%' WITH ADMIN OPTION`;
      await sql(`CREATE ROLE IF NOT EXISTS ${role}`, granted);
      expect((await inSession(evil, (session) => session.pair())).base).toBe(evil.username);
      const pair = { base: victim.username, clone: evil.username, next: victim.username };
      await expect(alternate(admin, pair)).rejects.toMatchObject({ code: "CloneNameTaken" });
      expect(await accepts(victim)).toBe(true);
    });

    it("keeps the account that it has at another host beside a clone of ours", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair } = await pairOf(stage, admin, app);
      await createLogin(pair.clone, ["INSERT ON shop.*"], "10.1.2.3");
      const before = await stage.everyone();
      for (const next of [pair.base, pair.clone])
        await expect(alternate(admin, { ...pair, next })).rejects.toMatchObject({ code: "CloneNameTaken" });
      await expect(retire(admin, pair)).rejects.toMatchObject({ code: "CloneNameTaken" });
      expect(await stage.everyone()).toEqual(before);
    });
  });

  it("two logins that are called otherwise are no pair", async () => {
    const admin = await createAdmin();
    const [one, two] = [await createLogin(), await createLogin()];
    for (const pair of [
      { base: one.username, clone: two.username, next: one.username },
      { base: one.username, clone: two.username, next: two.username },
      { base: one.username, clone: `${one.username}_clone`, next: two.username },
    ]) {
      await expect(alternate(admin, pair)).rejects.toMatchObject({
        code: expect.stringMatching(/CloneNameTaken|CloneMissing/),
      });
      await expect(retire(admin, pair)).rejects.toMatchObject({
        code: expect.stringMatching(/CloneNameTaken|CloneMissing/),
      });
    }
    expect([await accepts(one), await accepts(two)]).toEqual([true, true]);
  });

  describe("a clone whose base does not say that it is its base", () => {
    it("is not made ready, nor made the base ready from it, until a person says so, by the statement of the message", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair, clone } = await pairOf(stage, admin, app);
      await sql(`DROP USER '${app.username}'@'%'`);
      const later = await createLogin(app.username);
      const before = await stage.everyone();
      let message = "";
      for (const next of [pair.base, pair.clone]) {
        const change = { kind: "pair", pair: { ...pair, next }, grants: "sync" } as const;
        const refusal = { code: "BaseNotMarked", message: expect.stringContaining("made later") };
        for (const grants of ["sync", "keep"] as const)
          await expect(alternate(admin, change.pair, grants)).rejects.toMatchObject(refusal);
        await expect(retire(admin, change.pair)).rejects.toMatchObject(refusal);
        message = await inSession(admin, async (session) => session.rehearse?.(change)).then(
          () => "",
          (error) => error.message,
        );
      }
      expect(await stage.everyone()).toEqual(before);
      expect([await accepts(later), await accepts(clone)]).toEqual([true, true]);
      const statements = /say so: (?:as [^,]*, )?(.*?)\. If not/.exec(message)?.[1] ?? "";
      const said = statements
        .split("; ")
        .map((one) =>
          one
            .replace(/each account of "(.*?)" and of "(.*?)"/, "'$1'@'%', '$2'@'%'")
            .replace(/each account of "(.*?)"/, "'$1'@'%'"),
        );
      await (stage.name === "mariadb" ? as(admin, ...said) : sql(...said));
      await alternate(admin, { ...pair, next: pair.base });
      expect(await accepts({ ...app, password: NEW })).toBe(true);
    });

    it("is none by the mark of another base, by one that it may hand on, nor by what it says of itself", async () => {
      const admin = await createAdmin();
      const [app, other] = [await createLogin(), await createLogin()];
      const { pair } = await pairOf(stage, admin, app);
      await pairOf(stage, admin, other);
      await sql(`DROP USER '${app.username}'@'%'`);
      const later = await createLogin(app.username);
      const to = `'${later.username}'@'%'`;
      if (stage.name === "mysql") await sql(`GRANT keyturn_base TO ${to} WITH ADMIN OPTION`);
      else
        await as(
          admin,
          `GRANT keyturn_${other.username} TO ${to}`,
          `GRANT keyturn_${app.username} TO ${to} WITH ADMIN OPTION`,
        );
      for (const statement of [
        `ALTER USER CURRENT_USER() IDENTIFIED BY '${later.password}' ATTRIBUTE '{"keyturn": {"base": true}}'`,
        "SET ROLE keyturn_base",
        `SET ROLE \`keyturn_${app.username}\``,
      ])
        await as(later, statement).catch(() => undefined);
      for (const next of [pair.base, pair.clone])
        await expect(alternate(admin, { ...pair, next })).rejects.toMatchObject({ code: "BaseNotMarked" });
      expect(await accepts(later)).toBe(true);
    });

    it("keeps a host that was added, and the clone gets it", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair } = await pairOf(stage, admin, app);
      const tenth = `'${app.username}'@'10.%'`;
      await sql(`CREATE USER ${tenth} IDENTIFIED BY '${app.password}'`, `GRANT INSERT ON shop.* TO ${tenth}`);
      if (stage.name === "mysql")
        await sql("CREATE ROLE IF NOT EXISTS keyturn_hosts", `GRANT keyturn_hosts TO '${app.username}'@'%', ${tenth}`);
      await alternate(admin, pair);
      expect(await sql(`SELECT Host FROM mysql.user WHERE User = '${pair.clone}' ORDER BY 1`)).toHaveLength(2);
      await sql(`DROP USER '${app.username}'@'%'`);
      await alternate(admin, { ...pair, next: pair.base });
    });
  });

  describe("a base that somebody barred", () => {
    it("is not opened again, nor is its clone, until a person opens it", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair, clone } = await pairOf(stage, admin, app);
      await sql(`ALTER USER '${app.username}'@'%' ACCOUNT LOCK`);
      for (const next of [pair.base, pair.clone]) {
        const change = { kind: "pair", pair: { ...pair, next }, grants: "sync" } as const;
        await expect(alternate(admin, change.pair)).rejects.toMatchObject({ code: "BaseCannotLogIn" });
        await expect(inSession(admin, async (session) => session.rehearse?.(change))).rejects.toMatchObject({
          code: "BaseCannotLogIn",
        });
      }
      expect([await accepts(app), await accepts(clone)]).toEqual([false, true]);
      await sql(`ALTER USER '${app.username}'@'%' ACCOUNT UNLOCK`);
      await alternate(admin, { ...pair, next: pair.base });
      expect(await accepts({ ...app, password: NEW })).toBe(true);
    });

    it("is opened again where it was Keyturn, and a person's lock afterwards counts anew", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair } = await pairOf(stage, admin, app);
      const base = { ...pair, next: pair.base };
      await retire(admin, base);
      await retire(admin, base);
      expect(await accepts(app)).toBe(false);
      await alternate(admin, base);
      expect(await accepts({ ...app, password: NEW })).toBe(true);
      await sql(`ALTER USER '${app.username}'@'%' ACCOUNT LOCK`);
      await expect(alternate(admin, base)).rejects.toMatchObject({ code: "BaseCannotLogIn" });
    });

    it("does not say itself that it was Keyturn", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const { pair } = await pairOf(stage, admin, app);
      for (const statement of [
        `ALTER USER CURRENT_USER() IDENTIFIED BY '${app.password}' ATTRIBUTE '{"keyturn": {"retired": true}}'`,
        "GRANT keyturn_retired TO CURRENT_USER()",
        `GRANT keyturn_${app.username} TO CURRENT_USER()`,
        `GRANT \`keyturn-retired_${app.username}\` TO CURRENT_USER()`,
      ])
        await as(app, statement).catch(() => undefined);
      await sql(`ALTER USER '${app.username}'@'%' ACCOUNT LOCK`);
      await expect(alternate(admin, { ...pair, next: pair.base })).rejects.toMatchObject({ code: "BaseCannotLogIn" });
    });
  });

  it("an admin is neither of a pair", async () => {
    const admin = await createAdmin();
    const itself = { base: admin.username, clone: `${admin.username}_clone` };
    for (const pair of [
      { ...itself, next: itself.base },
      { ...itself, next: itself.clone },
      { base: "any", clone: admin.username, next: "any" },
    ]) {
      await expect(alternate(admin, pair)).rejects.toMatchObject({ code: "AdminItself" });
      await expect(retire(admin, pair)).rejects.toMatchObject({ code: "AdminItself" });
    }
    expect(await accepts(admin)).toBe(true);
  });
}
