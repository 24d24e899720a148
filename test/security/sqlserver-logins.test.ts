import { describe, expect, it } from "vitest";
import { type Answer, found, server } from "../engines/sqlserver/server.js";

// Who may write a secret, or owns a login or a database, leads the admin to a login that is somebody else's.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const back = { ...pair, next: "app" };
const password = "n3w-Password";
const able: Answer = { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] };
const owner: Answer = { about: "'ALTER ANY USER'", rows: [{ alterUsers: 1, control: 1 }] };
const login: Answer = {
  about: "default_language_name",
  rows: [{ database: "shop", language: "us_english", policy: true, expiration: false }],
};
const marked = {
  members: [
    ["keyturn_app", "app"],
    ["keyturn_app", "app_clone"],
  ] as const,
};
const both = [able, owner, login, found("app"), found("app_clone")];

describe("a login of SQL Server that is made anew, for somebody else", () => {
  it.each(["app", "app_clone"])("is no base of the clone that was left behind (next: %s)", async (next) => {
    for (const contained of [false, true]) {
      const members = [["keyturn_app", "app_clone"]] as const;
      const { session, statements } = server(both, { members, contained, database: "shop" });
      const asked = { base: "app", clone: "app_clone", next, ...(contained ? { keptIn: "shop" } : {}) };
      const refused = {
        code: "BaseNotMarked",
        message: expect.stringMatching(/say so: ALTER (SERVER )?ROLE \[keyturn_app\] ADD MEMBER \[app\]/),
      };
      for (const grants of ["sync", "keep"] as const) {
        await expect(session.alternate({ pair: asked, password: "n3w-Password", grants })).rejects.toMatchObject(
          refused,
        );
        await expect(session.rehearse?.({ kind: "pair", pair: asked, grants })).rejects.toMatchObject(refused);
      }
      await expect(session.retire({ pair: asked })).rejects.toMatchObject(refused);
      expect(statements).toEqual([]);
    }
  });
});

describe("a pair of SQL Server's logins", () => {
  it("is made ready, and retired, where an admin has marked it", async () => {
    const { session, statements } = server(both, marked);
    await session.alternate({ pair, password, grants: "keep" });
    await session.alternate({ pair: back, password, grants: "keep" });
    await session.retire({ pair });
    expect(statements.filter((sql) => sql.includes("WITH PASSWORD"))).toHaveLength(3);
  });

  // A tag is enough to ask for "keep".
  it.each([
    ["keeps the grants of", (session) => session.alternate({ pair, password, grants: "keep" })],
    ["aligns", (session) => session.alternate({ pair, password, grants: "sync" })],
    ["comes back from", (session) => session.alternate({ pair: back, password, grants: "sync" })],
    ["retires", (session) => session.retire({ pair })],
    ["retires for", (session) => session.retire({ pair: back })],
  ] satisfies [string, (session: ReturnType<typeof server>["session"]) => Promise<unknown>][])(
    "is none by its names alone: nobody %s another's login that is called like a clone",
    async (_, work) => {
      const { session, statements } = server(both, { members: [["keyturn_other", "app_clone"]] });
      await expect(work(session)).rejects.toMatchObject({ name: "ConflictError", code: "CloneNameTaken" });
      expect(statements).toEqual([]);
    },
  );

  it("is not a login of the server's and a user that a database keeps itself, which has the same name", async () => {
    const attacker = server([], { login: "payroll", contained: true, database: "evil" });
    const ofUser = await attacker.session.pair();
    const known = [able, login, found("payroll"), found("payroll_clone")];
    const { session, statements } = server(known, {
      database: "evil",
      members: [["keyturn_payroll", "payroll_clone"]],
    });
    const elsewhere = { name: "UnsupportedError", code: "LoginKeptElsewhere" };
    for (const work of [
      () => session.alternate({ pair: ofUser, password, grants: "sync" }),
      () => session.alternate({ pair: ofUser, password, grants: "keep" }),
      () => session.retire({ pair: ofUser }),
      () => session.rehearse?.({ kind: "pair", pair: ofUser, grants: "keep" }),
    ])
      await expect(work()).rejects.toMatchObject(elsewhere);
    const admin = server([owner, found("payroll")], { contained: true, database: "other" });
    await expect(admin.session.alternate({ pair: ofUser, password, grants: "sync" })).rejects.toMatchObject(elsewhere);
    const ofServer = { base: "payroll", clone: "payroll_clone", next: "payroll_clone" };
    await expect(admin.session.retire({ pair: ofServer })).rejects.toMatchObject(elsewhere);
    expect([statements, admin.statements]).toEqual([[], []]);
  });

  it("has a base that a person has barred, which stays barred", async () => {
    const disabled = [able, owner, login, found("app", { barred: 1 }), found("app_clone")];
    const refused = server(disabled, marked);
    const barred = { name: "ConflictError", code: "BaseCannotLogIn" };
    for (const of of [pair, back]) {
      await expect(refused.session.alternate({ pair: of, password, grants: "sync" })).rejects.toMatchObject(barred);
      const change = { kind: "pair", pair: of, grants: "sync" } as const;
      await expect(refused.session.rehearse?.(change)).rejects.toMatchObject(barred);
    }
    expect(refused.statements).toEqual([]);
    // Retired besides, it is not taken for one that Keyturn barred.
    await refused.session.retire({ pair: back });
    expect(refused.statements.join()).not.toContain("ADD MEMBER");
  });

  it("is not what a base becomes that was retired and is barred: it is let in again", async () => {
    const members = [...marked.members, ["keyturn_off_app", "app"]] as const;
    const { session, statements } = server([able, found("app", { barred: 1 }), found("app_clone")], { members });
    await session.alternate({ pair: back, password, grants: "sync" });
    expect(statements).toContain("ALTER LOGIN [app] ENABLE");
  });

  it("does not hand the mark of a retired base on to its clone", async () => {
    const roles: Answer = {
      about: "SELECT r.name FROM sys.server_role_members",
      name: "app",
      rows: [{ name: "keyturn_app" }],
    };
    const { session } = server([...both, roles], marked);
    expect(await session.alternate({ pair, password, grants: "sync" })).toMatchObject({ granted: [], revoked: [] });
  });
});

describe("an admin of SQL Server's", () => {
  it("sets the password of a login in master, where a name means nothing else", async () => {
    const { session, statements } = server([able, found("app")], { database: "master" });
    await session.setPassword({ username: "app", password });
    expect(statements).toEqual(["ALTER LOGIN [app] WITH PASSWORD = N'n3w-Password' UNLOCK"]);
  });

  it("sets none in a database, which may keep the user itself that the name was proven for", async () => {
    const { session, statements } = server([able, found("app")], { database: "evil" });
    const refused = { name: "UnsupportedError", code: "UnprovenLogin" };
    await expect(session.setPassword({ username: "app", password })).rejects.toMatchObject(refused);
    await expect(session.rehearse?.({ kind: "password", username: "app" })).rejects.toMatchObject(refused);
    expect(statements).toEqual([]);
  });

  it.each(["keyturn", "KeyTurn", "keyturn "])("never changes itself, spelled %j", async (username) => {
    const itself = { name: "ConflictError", code: "AdminItself" };
    const of = (base: string, clone: string) => ({ base, clone, next: clone });
    for (const contained of [false, true]) {
      const kept = contained ? { keptIn: "master" } : {};
      const { session, statements } = server([able, owner, found(username)], { database: "master", contained });
      for (const work of [
        () => session.setPassword({ username, password }),
        () => session.alternate({ pair: { ...of("app", username), ...kept }, password, grants: "keep" }),
        () => session.alternate({ pair: { ...of(username, "app"), ...kept }, password, grants: "sync" }),
        () => session.retire({ pair: { ...of("app", username), ...kept } }),
      ])
        await expect(work()).rejects.toMatchObject(itself);
      expect(statements).toEqual([]);
    }
  });

  it("changes none that may do everything, whichever of a pair it is", async () => {
    const refused = { name: "UnsupportedError", code: "Superuser" };
    for (const [base, clone] of [
      [found("app", { powerful: 1 }), found("app_clone")],
      [found("app"), found("app_clone", { powerful: 1 })],
    ] as const) {
      const { session, statements } = server([able, base, clone], { ...marked, database: "master" });
      for (const grants of ["sync", "keep"] as const)
        await expect(session.alternate({ pair, password, grants })).rejects.toMatchObject(refused);
      await expect(session.retire({ pair: back })).rejects.toMatchObject(refused);
      expect(statements).toEqual([]);
    }
    const { session, statements } = server([able, found("app", { powerful: 1 })], { database: "master" });
    await expect(session.setPassword({ username: "app", password })).rejects.toMatchObject(refused);
    expect(statements).toEqual([]);
  });

  it.each([
    [1, true],
    [0, false],
    [undefined, true],
  ])("is a superuser where the server says %j", async (superuser, expected) => {
    const answer: Answer = { about: "AS superuser", rows: superuser === undefined ? [] : [{ superuser }] };
    const { session, sent } = server([answer]);
    expect(await session.isSuperuser()).toBe(expected);
    for (const one of ["'sysadmin'", "'securityadmin'", "'CONTROL SERVER'"]) expect(sent[0]?.sql).toContain(one);
  });

  it("ignores no password that is to be kept", async () => {
    const keep = { password: "0ld-Password", newest: true };
    const { session, statements } = server(both, marked);
    await expect(session.retire({ username: "app", keep })).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "NoDualPassword",
    });
    expect(statements).toEqual([]);
  });
});
