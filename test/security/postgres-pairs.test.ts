import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Change, Pair, Session } from "../../src/engines/engine.js";
import { engineFor } from "../../src/engines/registry.js";
import { freshName, type Login, toolsFor } from "../../stage/postgres-tools.js";
import { startPostgres15 } from "../../stage/servers/postgres-15.js";
import type { SharedPostgres } from "../tools/global-setup.js";
import { PATIENCE } from "../tools/patience.js";

/**
 * A login does not choose its base, and no request makes an admin change a login that is not one of a pair. Before
 * PostgreSQL 15 a login may hand out membership in itself; before 16 CREATEROLE may change any role but a superuser.
 */
const engine = await engineFor("postgres");
const password = "n3w-Passw0rd~of.ours";
let older: Awaited<ReturnType<typeof startPostgres15>>;
beforeAll(async () => {
  older = await startPostgres15();
});
afterAll(() => older.stop());

describe.each([18, 15])("On PostgreSQL %i", (version) => {
  const server = (): SharedPostgres =>
    version === 18 ? inject("postgres") : { ...older, caFile: older.caFile as string };
  const tools = () => toolsFor(server());

  async function session<Result>(credential: Login, work: (session: Session) => Promise<Result>): Promise<Result> {
    const { host, port, caFile } = server();
    const open = await engine.connect({
      target: { host, port, database: "postgres", tls: true },
      credential,
      caFile,
      ...PATIENCE,
    });
    return work(open).finally(() => open.close());
  }

  const run = (sql: string) => tools().asSuperuser((client) => client.query(sql));
  /** What may be logged in with, and what is marked: everything that an attack could gain. */
  const judged = async (...names: string[]) => {
    const { rows } = await tools().asSuperuser((client) =>
      client.query(
        `SELECT rolname, rolcanlogin, rolpassword, shobj_description(oid, 'pg_authid') AS mark,
                array(SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = a.oid ORDER BY 1) AS settings,
                array(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = a.oid ORDER BY 1) AS of
           FROM pg_authid a WHERE rolname = ANY ($1) ORDER BY 1`,
        [names],
      ),
    );
    return rows;
  };
  const ofPair = (base: string, next: "base" | "clone" = "clone"): Pair => {
    const clone = `${base}_clone`;
    return { base, clone, next: next === "base" ? base : clone };
  };
  const alternate = (admin: Login, pair: Pair, grants: "sync" | "keep" = "sync") =>
    session(admin, (as) => as.alternate({ pair, password, grants }));

  /** Every way in which an admin might be led to change one of two logins that are no pair. */
  async function refusesAll(admin: Login, base: string, code: string | RegExp): Promise<void> {
    const before = await judged(base, `${base}_clone`, admin.username);
    const expected = { code: typeof code === "string" ? code : expect.stringMatching(code) };
    for (const next of ["base", "clone"] as const) {
      const pair = ofPair(base, next);
      for (const grants of ["sync", "keep"] as const) {
        const change: Change = { kind: "pair", pair, grants };
        await expect(session(admin, (as) => as.rehearse?.(change) ?? Promise.reject())).rejects.toMatchObject(expected);
        await expect(alternate(admin, pair, grants)).rejects.toMatchObject(expected);
      }
      await expect(session(admin, (as) => as.retire({ pair }))).rejects.toMatchObject(expected);
    }
    expect(await judged(base, `${base}_clone`, admin.username)).toEqual(before);
  }

  it("a pair that we made is one, and its clone finds the way back", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    const pair = await session(app, (own) => own.pair());
    expect(pair).toEqual(ofPair(app.username));
    await alternate(admin, pair);
    const clone = { username: pair.clone, password };
    expect(await session(clone, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
    expect(await judged(pair.clone)).toMatchObject([{ mark: `keyturn: clone of "${app.username}"` }]);

    await session(admin, (as) => as.retire({ pair: ofPair(app.username, "base") }));
    expect(await judged(pair.clone)).toMatchObject([{ mark: `keyturn: clone of "${app.username}", which is retired` }]);
    expect(await session(clone, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
    await alternate(admin, ofPair(app.username));
    expect(await letsIn(app)).toBe(false);
    await alternate(admin, ofPair(app.username, "base"));
    expect(await judged(pair.clone)).toMatchObject([{ mark: `keyturn: clone of "${app.username}"` }]);
    expect(await letsIn({ ...app, password })).toBe(true);

    await session(admin, (as) => as.retire({ pair }));
    expect(await judged(pair.clone)).toMatchObject([
      { mark: `keyturn: clone of "${app.username}"`, rolcanlogin: false, rolpassword: null },
    ]);
  });

  it("no login marks itself, nor another", async () => {
    const { createLogin, connected } = tools();
    const base = freshName();
    const mallory = await createLogin("", `${base}_clone`);
    for (const role of [mallory.username, base]) {
      const comment = connected(mallory, (client) =>
        client.query(`COMMENT ON ROLE ${role} IS 'keyturn: clone of "${base}"'`),
      );
      await expect(comment).rejects.toMatchObject({ code: role === base ? "42704" : "42501" });
    }
    expect(await session(mallory, (own) => own.pair())).toEqual(ofPair(mallory.username));
  });

  it.each(["", "_clone"])(
    "a login that acts as another is not its clone, whatever it is called (%j)",
    async (suffix) => {
      const { createLogin, createAdmin, connected, letsIn } = tools();
      const victim = await createLogin();
      const mallory = await createLogin(
        `IN ROLE ${victim.username}`,
        `${suffix ? victim.username : freshName()}${suffix}`,
      );
      await connected(mallory, (client) =>
        client.query(`ALTER ROLE ${mallory.username} SET role = ${victim.username}`),
      );
      const admin = await createAdmin(victim.username, mallory.username);
      expect(await session(mallory, (own) => own.pair())).toEqual(ofPair(mallory.username));
      if (suffix) {
        await refusesAll(admin, victim.username, "CloneNameTaken");
        await refusesAll(admin, mallory.username, "AmbiguousPair");
      } else {
        await refusesAll(admin, victim.username.slice(0, -1), "UnknownUser");
        await alternate(admin, ofPair(mallory.username));
      }
      expect([await letsIn(victim), await letsIn(mallory)]).toEqual([true, true]);
    },
  );

  it("membership that a login was given, or hands out, makes no pair", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const mallory = await createLogin();
    const victim = await createLogin("", `${mallory.username}_clone`);
    // Before 15 a login does this for itself.
    await run(`GRANT ${mallory.username} TO ${victim.username}`);
    const admin = await createAdmin(mallory.username, victim.username);
    expect(await session(victim, (own) => own.pair())).toEqual(ofPair(victim.username));
    await refusesAll(admin, mallory.username, "CloneNameTaken");
    expect(await letsIn(victim)).toBe(true);
  });

  it("a mark that names another base than the name does means nothing", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const victim = await createLogin();
    const other = await createLogin();
    const clone = await createLogin(`IN ROLE ${victim.username}, ${other.username}`, `${other.username}_clone`);
    const admin = await createAdmin(victim.username, other.username, clone.username);
    await run(`COMMENT ON ROLE ${clone.username} IS 'keyturn: clone of "${victim.username}"'`);
    expect(await session(clone, (own) => own.pair())).toEqual(ofPair(clone.username));
    const forged = { base: victim.username, clone: clone.username, next: victim.username };
    await expect(alternate(admin, forged)).rejects.toMatchObject({ code: "CloneNameTaken" });
    await refusesAll(admin, other.username, "CloneNameTaken");
    expect(await letsIn(victim)).toBe(true);
  });

  it("a clone of AWS's making is one as soon as a person has said so", async () => {
    const { createLogin, createAdmin } = tools();
    const app = await createLogin();
    const clone = await createLogin(`IN ROLE ${app.username}`, `${app.username}_clone`);
    const admin = await createAdmin(app.username, clone.username);
    const refused = await alternate(admin, ofPair(app.username)).catch((error) => error);
    expect(refused).toMatchObject({ name: "ConflictError", code: "CloneNameTaken" });
    const [, statement = ""] = /(COMMENT ON ROLE .*?;)/.exec(refused.message) ?? [];
    await run(statement);
    expect(await session(clone, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
    expect(await alternate(admin, ofPair(app.username))).toMatchObject({ created: false });
  });

  it("a third login is not changed in the name of a pair", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const app = await createLogin();
    const victim = await createLogin();
    const admin = await createAdmin(app.username, victim.username);
    await alternate(admin, ofPair(app.username));
    const third = { ...ofPair(app.username), next: victim.username };
    await expect(alternate(admin, third)).rejects.toMatchObject({ code: "CloneNameTaken" });
    await expect(session(admin, (as) => as.retire({ pair: third }))).rejects.toMatchObject({ code: "CloneNameTaken" });
    expect(await letsIn(victim)).toBe(true);
  });

  it("a login without a pair is not retired, nor does it keep one of two passwords", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    for (const next of ["base", "clone"] as const)
      await expect(session(admin, (as) => as.retire({ pair: ofPair(app.username, next) }))).rejects.toMatchObject({
        code: "CloneMissing",
      });
    await expect(alternate(admin, ofPair(app.username, "base"))).rejects.toMatchObject({ code: "CloneMissing" });
    const keep = { password: app.password, newest: true };
    await expect(session(admin, (as) => as.retire({ username: app.username, keep }))).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "NoDualPassword",
    });
    const second: Change = { kind: "second password", username: app.username };
    await expect(session(admin, (as) => as.rehearse?.(second) ?? Promise.reject())).rejects.toMatchObject({
      code: "NoDualPassword",
    });
    expect(await letsIn(app)).toBe(true);
  });

  it("what a person has barred stays barred", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    await alternate(admin, ofPair(app.username));
    await run(`ALTER ROLE ${app.username} NOLOGIN`);
    await refusesAll(admin, app.username, "BaseCannotLogIn");
    expect(await letsIn({ username: `${app.username}_clone`, password })).toBe(true);
    const never = await createLogin();
    await run(`ALTER ROLE ${never.username} NOLOGIN`);
    await expect(alternate(await createAdmin(never.username), ofPair(never.username))).rejects.toMatchObject({
      code: "BaseCannotLogIn",
    });
    expect(await judged(`${never.username}_clone`)).toEqual([]);
  });

  it("an admin never changes itself, by whichever name", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const admin = await createAdmin((await createLogin()).username);
    await refusesAll(admin, admin.username, "AdminItself");
    const asClone = await createLogin("CREATEROLE", `${freshName()}_clone`);
    const base = await createLogin("", asClone.username.slice(0, -"_clone".length));
    await run(`GRANT ${base.username} TO ${asClone.username} WITH ADMIN OPTION`);
    await run(`COMMENT ON ROLE ${asClone.username} IS 'keyturn: clone of "${base.username}"'`);
    await refusesAll(asClone, base.username, "AdminItself");
    expect([await letsIn(admin), await letsIn(asClone), await letsIn(base)]).toEqual([true, true, true]);

    const longest = await createLogin("CREATEROLE", `${freshName("admin").padEnd(62, "n")}x`);
    const cut = { username: `${longest.username}, cut`, password };
    await expect(session(longest, (as) => as.setPassword(cut))).rejects.toMatchObject({ code: "AdminItself" });
    const inside = await createLogin("CREATEROLE", freshName("admin").padEnd(62, "n"));
    const within = { username: `${inside.username}ößß`, password };
    await expect(session(inside, (as) => as.setPassword(within))).rejects.toMatchObject({ code: "AdminItself" });
    expect(await letsIn(inside)).toBe(true);
  });

  it("a superuser is no part of a pair", async () => {
    const { createLogin } = tools();
    const admin = await createLogin("SUPERUSER", freshName("admin"));
    const base = await createLogin("SUPERUSER");
    await refusesAll(admin, base.username, "Superuser");
    const app = await createLogin();
    await createLogin(`SUPERUSER IN ROLE ${app.username}`, `${app.username}_clone`);
    await run(`COMMENT ON ROLE ${app.username}_clone IS 'keyturn: clone of "${app.username}"'`);
    await refusesAll(admin, app.username, "Superuser");
  });

  it("a clone that others may act as gives them nothing of the base's", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const victim = await createLogin();
    const mallory = await createLogin("CREATEROLE");
    const trusted = await createLogin(`IN ROLE ${victim.username}`);
    const admin = await createAdmin(victim.username);
    await alternate(admin, ofPair(victim.username));
    await run(`GRANT ${victim.username}_clone TO ${trusted.username}`);
    await alternate(admin, ofPair(victim.username));
    await run(`GRANT ${victim.username}_clone TO ${mallory.username} WITH ADMIN OPTION`);
    const refused = await alternate(admin, ofPair(victim.username)).catch((error) => error);
    expect(refused).toMatchObject({
      code: "CloneShared",
      message: expect.stringContaining(`REVOKE "${victim.username}_clone" FROM "${mallory.username}";`),
    });
    await refusesAll(admin, victim.username, "CloneShared");
    expect(await letsIn(victim)).toBe(true);
  });

  it("attributes that only the clone has are taken away", async () => {
    const { createLogin, createAdmin, asSuperuser } = tools();
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    await alternate(admin, ofPair(app.username));
    await run(`ALTER ROLE ${app.username}_clone CREATEROLE`);
    await alternate(admin, ofPair(app.username));
    const { rows } = await asSuperuser((client) =>
      client.query("SELECT rolcreaterole FROM pg_roles WHERE rolname = $1", [`${app.username}_clone`]),
    );
    expect(rows).toEqual([{ rolcreaterole: false }]);
  });

  it.each(["role", "role in database", "database"])(
    "a login that acts as its tables' owner goes on so (%s)",
    async (by) => {
      const { createLogin, createAdmin, connected, letsIn } = tools();
      const owner = freshName("owner");
      const database = freshName("db");
      await run(`CREATE ROLE ${owner} NOLOGIN`);
      await run(`CREATE DATABASE ${database} OWNER ${owner}`);
      const app = await createLogin(`IN ROLE ${owner}`);
      const whose = {
        role: `ROLE ${app.username}`,
        "role in database": `ROLE ${app.username} IN DATABASE ${database}`,
        database: `DATABASE ${database}`,
      }[by];
      await run(`ALTER ${whose} SET role = ${owner}`);
      const admin = await createAdmin(app.username);
      const before = await judged(owner);
      const pair = await session(app, (own) => own.pair());
      expect(pair).toEqual(ofPair(app.username));
      await alternate(admin, pair);
      expect(await alternate(admin, pair)).toMatchObject({ created: false, granted: [], revoked: [] });
      const clone = { username: pair.clone, password };
      const made = async (login: Login) => {
        const table = freshName("t");
        await connected(
          login,
          (client) => client.query(`CREATE SCHEMA ${table}; CREATE TABLE ${table}.t (id int)`),
          database,
        );
        const { rows } = await connected(
          login,
          (client) =>
            client.query("SELECT session_user, current_user, tableowner FROM pg_tables WHERE schemaname = $1", [table]),
          database,
        );
        return rows[0];
      };
      expect(await made(app)).toEqual({ session_user: app.username, current_user: owner, tableowner: owner });
      expect(await made(clone)).toEqual({ session_user: clone.username, current_user: owner, tableowner: owner });
      expect(await session(clone, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
      const own = { ...app, password: "Ch4nged-by~itself" };
      await session(app, (self) => self.changeOwnPassword(own));
      await alternate(admin, ofPair(app.username, "base"));
      await session(admin, (as) => as.retire({ pair: ofPair(app.username) }));
      expect([await letsIn({ ...app, password }), await letsIn(clone)]).toEqual([true, false]);
      expect(await judged(owner)).toEqual(before);
    },
  );

  it("a login that sets itself a role it may not act as gains nothing, and its clone acts as it does", async () => {
    const { createLogin, createAdmin, connected } = tools();
    const victim = await createLogin();
    const mallory = await createLogin();
    await connected(mallory, async (client) => {
      await client.query(`ALTER ROLE ${mallory.username} SET role = ${victim.username}`).catch(() => undefined);
      await client.query(`ALTER ROLE ${mallory.username} SET session_authorization = postgres`).catch(() => undefined);
    });
    const admin = await createAdmin(mallory.username);
    await alternate(admin, ofPair(mallory.username));
    const clone = { username: `${mallory.username}_clone`, password };
    expect(await session(clone, (own) => own.whoAmI())).toMatchObject({
      login: clone.username,
      actingAs: mallory.username,
    });
  });
});

describe("From PostgreSQL 16 on, a login with CREATEROLE", () => {
  it("marks roles of its own, and gains no other's by it", async () => {
    const { asSuperuser, connected, createAdmin, createLogin, letsIn } = toolsFor(inject("postgres"));
    const { host, port, caFile } = inject("postgres");
    const victim = await createLogin();
    const mallory = await createLogin("CREATEROLE");
    const admin = await createAdmin(victim.username);
    const clone = `${victim.username}_clone`;
    await connected(mallory, async (client) => {
      await client.query(`CREATE ROLE ${clone} LOGIN PASSWORD 'known-to-mallory'`);
      await client.query(`COMMENT ON ROLE ${clone} IS 'keyturn: clone of "${victim.username}"'`);
      await client.query(`GRANT ${clone} TO ${admin.username} WITH ADMIN OPTION`);
      await expect(client.query(`GRANT ${victim.username} TO ${clone}`)).rejects.toMatchObject({ code: "42501" });
    });
    const attempt = (next: string) =>
      engine
        .connect({
          target: { host, port, database: "postgres", tls: true },
          credential: admin,
          caFile,
          ...PATIENCE,
        })
        .then((as) =>
          as
            .alternate({ pair: { base: victim.username, clone, next }, password, grants: "sync" })
            .finally(() => as.close()),
        );
    for (const next of [victim.username, clone])
      await expect(attempt(next)).rejects.toMatchObject({ code: "CloneNameTaken" });
    // And where somebody has made it a member of the base.
    await asSuperuser((client) => client.query(`GRANT ${victim.username} TO ${clone}`));
    for (const next of [victim.username, clone])
      await expect(attempt(next)).rejects.toMatchObject({ code: "CloneShared" });
    expect(await letsIn(victim)).toBe(true);
    expect(await letsIn({ username: clone, password })).toBe(false);
  });
});
