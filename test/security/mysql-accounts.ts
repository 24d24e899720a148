import { describe, expect, it } from "vitest";
import type { Session } from "../../src/engines/engine.js";
import type { Login } from "../engines/contract.js";
import { pairOf, type Stage } from "./mysql-stage.js";

const NEW = "N0t-to~be.set";

/** An admin changes the login that was proven and no other, and none that has more rights than an application. */
export function attacksOnAccounts(stage: Stage): void {
  const { createAdmin, createLogin, inSession, accepts, sql } = stage;
  const changes = (app: Login): Record<string, (session: Session) => Promise<unknown>> => ({
    setPassword: (session) => session.setPassword({ username: app.username, password: NEW }),
    addPassword: async (session) =>
      session.addPassword?.({ username: app.username, current: app.password, password: NEW }),
    retire: (session) => session.retire({ username: app.username, keep: { password: app.password, newest: false } }),
    alternate: (session) => {
      const clone = `${app.username}_clone`;
      return session.alternate({ pair: { base: app.username, clone, next: clone }, password: NEW, grants: "sync" });
    },
    rehearse: async (session) => session.rehearse?.({ kind: "password", username: app.username }),
  });

  describe("two accounts of one name", () => {
    it.each(Object.keys(changes({ username: "", password: "" })))("are not taken for one by %s", async (change) => {
      const admin = await createAdmin();
      const victim = await createLogin();
      await createLogin(victim.username, ["INSERT ON shop.*"], "10.%");
      const before = await stage.everyone();
      await expect(
        inSession(admin, (session) => changes(victim)[change]?.(session) ?? Promise.resolve()),
      ).rejects.toMatchObject({
        name: "ConflictError",
        code: "SeveralAccounts",
      });
      expect(await stage.everyone()).toEqual(before);
    });

    it("are one where an admin says so, and stay so", async () => {
      const admin = await createAdmin();
      const app = await createLogin();
      const tenth = `'${app.username}'@'10.%'`;
      await sql(`CREATE USER ${tenth} IDENTIFIED BY '${app.password}'`);
      if (stage.name === "mysql")
        await sql("CREATE ROLE IF NOT EXISTS keyturn_hosts", `GRANT keyturn_hosts TO '${app.username}'@'%', ${tenth}`);
      await inSession(admin, (session) => session.setPassword({ ...app, password: "The-sec0nd~one.ours" }));
      const second = { ...app, current: "The-sec0nd~one.ours", password: "The-th1rd~one.ours" };
      await inSession(admin, async (session) => session.addPassword?.(second));
      const now = { ...app, password: "The-th1rd~one.ours" };
      expect(await accepts(now)).toBe(true);
      const { pair, clone } = await pairOf(stage, admin, now);
      expect(await accepts(clone)).toBe(true);
      const grants = (await sql(`SHOW GRANTS FOR '${pair.clone}'@'10.%'`)).map((row) => Object.values(row)[0]);
      expect(grants.join()).not.toContain("keyturn_hosts");
    });

    it("nobody says so of another's", async () => {
      const admin = await createAdmin();
      const victim = await createLogin();
      const evil = await createLogin(
        victim.username,
        ["INSERT ON shop.*"],
        stage.name === "mysql" ? "localhost" : "127.0.0.1",
      );
      for (const statement of [
        `ALTER USER CURRENT_USER() IDENTIFIED BY '${evil.password}' ATTRIBUTE '{"keyturn": {"hosts": true}}'`,
        "CREATE ROLE keyturn_hosts",
        "GRANT keyturn_hosts TO CURRENT_USER()",
      ])
        await stage.as(evil, statement).catch(() => undefined);
      await expect(
        inSession(admin, (session) => session.setPassword({ ...victim, password: NEW })),
      ).rejects.toMatchObject({
        code: "SeveralAccounts",
      });
    });
  });

  describe("a login that may do everything", () => {
    it.each(Object.keys(changes({ username: "", password: "" })))("is changed by no admin's %s", async (change) => {
      const admin = await createAdmin(["ALL ON *.*"]);
      const role = stage.fresh("role");
      const app = await createLogin();
      await sql(`CREATE ROLE ${role}`, `GRANT UPDATE ON mysql.* TO ${role}`, `GRANT ${role} TO '${app.username}'@'%'`);
      const before = await stage.everyone();
      await expect(
        inSession(admin, (session) => changes(app)[change]?.(session) ?? Promise.resolve()),
      ).rejects.toMatchObject({
        code: "Superuser",
      });
      expect(await stage.everyone()).toEqual(before);
    });

    const own = {
      mysql: [
        "SYSTEM_USER ON *.*",
        "SYSTEM_VARIABLES_ADMIN ON *.*",
        "SET_ANY_DEFINER ON *.*",
        "BINLOG_ADMIN ON *.*",
        "ROLE_ADMIN ON *.*",
      ],
      mariadb: ["SET USER ON *.*", "BINLOG REPLAY ON *.*", "UPDATE ON mysql.global_priv"],
    }[stage.name];
    it.each([
      ...["ALL ON *.*", "SUPER ON *.*", "FILE ON *.*", "INSERT ON *.*", "UPDATE ON mysql.*", "INSERT ON mysql.user"],
      ...["ALL ON `my%`.*", "ALL ON `m_sql`.*", "SELECT, DELETE ON `%`.*"],
      ...own,
    ])("is known by %s", async (right) => {
      const login = await createLogin(stage.fresh(), [right]);
      expect(await inSession(login, (session) => session.isSuperuser())).toBe(true);
    });

    it("is known by a role that it has not put on, and by a role of a role", async () => {
      const login = await createLogin();
      const [inner, outer] = [stage.fresh("role"), stage.fresh("role")];
      await sql(`CREATE ROLE ${inner}`, `GRANT SUPER ON *.* TO ${inner}`);
      await sql(`CREATE ROLE ${outer}`, `GRANT ${inner} TO ${outer}`, `GRANT ${outer} TO '${login.username}'@'%'`);
      // What is not in use a login of MariaDB may see as one who may read the system's tables, as admins may.
      await sql(`GRANT SELECT ON mysql.* TO '${login.username}'@'%'`);
      expect(await inSession(login, (session) => session.isSuperuser())).toBe(true);
    });

    it.each(["CREATE USER ON *.*", "SELECT ON *.*", "PROCESS, RELOAD ON *.*", "ALL ON `my\\\\_%`.*", "ALL ON shop.*"])(
      "is not known by %s",
      async (right) => {
        const login = await createLogin(stage.fresh(), [right.replaceAll("\\\\", "\\")]);
        expect(await inSession(login, (session) => session.isSuperuser())).toBe(false);
      },
    );
  });

  it("one login in two spellings is one, and two are two, as the server has them", async () => {
    const name = stage.fresh();
    await createLogin(name);
    await createLogin(name.toUpperCase());
    const fold = (username: string) => stage.engine.loginsOf(username, "single-user")[0];
    expect(fold(name)).not.toBe(fold(name.toUpperCase()));
    for (const [one, other] of [
      [`${name}`, `${name} `],
      [`${name}\u{1f600}`, `${name}\u{1f601}`],
    ] as const) {
      await createLogin(one).catch(() => undefined);
      await expect(createLogin(other)).rejects.toMatchObject({ errno: expect.any(Number) });
      expect(fold(one)).toBe(fold(other));
      expect(stage.engine.loginsOf(one, "alternating-users")).toContain(
        stage.engine.loginsOf(`${other}_clone`, "single-user")[0]?.replace(" _", "_"),
      );
    }
  });
}
