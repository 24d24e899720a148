import { describe, expect, it } from "vitest";
import { type Answer, found, type Played, server } from "../engines/sqlserver/server.js";

// The owner of a database puts code into it that runs in the session of whoever works there: of the admin.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const PAIR = [
  ["keyturn_app", "app"],
  ["keyturn_app", "app_clone"],
] as const;
const sync = { pair, password: "n3w-Password", grants: "sync" } as const;
const login: Answer = {
  about: "default_language_name",
  rows: [{ database: "shop", language: "us_english", policy: true, expiration: false }],
};
const databases: Answer = { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }, { name: "evil" }] };
const userIn = (where: string, name = "app"): Answer => ({
  about: "SUSER_SID",
  in: where,
  name,
  rows: [{ name, defaultSchema: null }],
});
const able: Answer = { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] };
const owner: Answer = { about: "'ALTER ANY USER'", rows: [{ alterUsers: 1, control: 1 }] };
const ofLogin = [found("app"), login, databases, able, owner];
const contained: Played = { contained: true, database: "evil" };
const ofUser: Answer[] = [
  found("app"),
  owner,
  { about: "FROM sys.database_principals WHERE name", name: "app", rows: [{ name: "app", defaultSchema: null }] },
];
const keptThere = { ...sync, pair: { ...pair, keptIn: "evil" } };

describe("code of a database's owner on SQL Server", () => {
  it("is not there as a rule: the admin makes the clone's user in each database", async () => {
    const { session, statements, fired } = server([...ofLogin, userIn("shop"), userIn("evil")]);
    await session.alternate(sync);
    expect(statements.filter((sql) => sql.includes("CREATE USER"))).toHaveLength(2);
    expect(fired).toEqual([]);
  });

  // https://learn.microsoft.com/sql/relational-databases/triggers/ddl-triggers: they run as the caller.
  it("does not run as a trigger: nothing at all is changed, in no database and not on the server", async () => {
    const played = { triggers: { evil: ["make me sysadmin"] } };
    const { session, statements, fired } = server([...ofLogin, userIn("shop"), userIn("evil")], played);
    const refused = { name: "UnsupportedError", code: "DatabaseTriggers" };
    await expect(session.alternate(sync)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/"evil" has triggers \(\[make me sysadmin\]\).*keyturn:grants = keep/),
    });
    await expect(session.rehearse?.({ kind: "pair", ...sync })).rejects.toMatchObject(refused);
    expect([statements, fired]).toEqual([[], []]);
  });

  it("does not run as a trigger of a database where the clone has a user and the base has none", async () => {
    const played = { triggers: { evil: ["steal"] }, members: PAIR };
    const { session, statements } = server([...ofLogin, found("app_clone"), userIn("evil", "app_clone")], played);
    expect((await session.alternate(sync)).left).toEqual(["evil: DatabaseTriggers"]);
    expect(statements.filter((sql) => sql.startsWith("[evil]"))).toEqual([]);
  });

  it("does not matter in a database that the pair has nothing to do with", async () => {
    const { session, fired } = server([...ofLogin, userIn("shop")], { triggers: { evil: ["steal"] } });
    await session.alternate(sync);
    expect(fired).toEqual([]);
  });

  it("finds no right on the server where it comes between the look and the statement", async () => {
    const played = { triggers: { evil: ["quick"] }, late: true };
    const { session, statements, fired } = server([...ofLogin, userIn("evil")], played);
    await expect(session.alternate(sync)).rejects.toMatchObject({ code: "DatabaseTriggers" });
    expect(statements.filter((sql) => sql.startsWith("[evil]"))).toEqual([]);
    expect(fired).toEqual([]);
  });

  it("finds no right on the server in any statement, the look in the same batch before it", async () => {
    const { session, sent } = server([...ofLogin, userIn("shop"), userIn("evil")]);
    await session.alternate(sync);
    const inDatabases = sent.filter(
      ({ sql, parameters }) => sql.startsWith("DECLARE @statement") && parameters.database,
    );
    expect(inDatabases.length).toBeGreaterThan(0);
    for (const { sql, parameters } of inDatabases) {
      expect(sql).toMatch(/EXEC @there @guarded, N'@statement nvarchar\(max\)', @statement = @statement;$/);
      expect(parameters.guarded?.replace(/\s+/g, " ")).toMatch(
        /IF EXISTS \( SELECT t\.name FROM sys\.triggers .*THROW 51010, .* EXECUTE AS USER = @self; EXEC sys\.sp_executesql @statement; REVERT;$/,
      );
    }
  });

  it("does not run where the owner hides it from the admin", async () => {
    const blind: Answer = { about: "AS trustworthy", in: "evil", rows: [{ seen: 0, trustworthy: 0 }] };
    const { session, statements } = server([blind, ...ofLogin, userIn("evil")]);
    await expect(session.alternate(sync)).rejects.toMatchObject({ code: "AdminLacksRight" });
    expect(statements).toEqual([]);
  });

  it("is not let near the admin where the server trusts what runs in the database", async () => {
    const trusted: Answer = { about: "AS trustworthy", in: "evil", rows: [{ seen: 1, trustworthy: 1 }] };
    const { session, statements } = server([trusted, ...ofLogin, userIn("evil")]);
    await expect(session.alternate(sync)).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "TrustworthyDatabase",
    });
    expect(statements).toEqual([]);
  });

  it("does not run in the session of a contained database's admin either", async () => {
    const legitimate = server(ofUser, contained);
    await legitimate.session.alternate(keptThere);
    expect(legitimate.statements).toContain("[evil] CREATE ROLE [keyturn_app]");
    const members = PAIR;
    const attacked = server([...ofUser, found("app_clone")], { ...contained, triggers: { evil: ["steal"] }, members });
    const { session, statements } = attacked;
    for (const work of [
      () => session.alternate(keptThere),
      () => session.alternate({ ...keptThere, grants: "keep" }),
      () => session.retire({ pair: keptThere.pair }),
      () => session.setPassword({ username: "app", password: "n3w-Password" }),
      () => session.rehearse?.({ kind: "pair", ...keptThere }),
      () => session.rehearse?.({ kind: "password", username: "app" }),
    ])
      await expect(work()).rejects.toMatchObject({ code: "DatabaseTriggers" });
    expect(statements).toEqual([]);
  });

  it("is of no matter to what is done on the server, which is done in master", async () => {
    const { session, sent } = server([...ofLogin, userIn("shop")], { database: "evil" });
    await session.alternate(sync);
    const elsewhere = sent.filter(({ parameters: { database } }) => database !== "shop" && database !== "evil");
    for (const { sql, parameters } of elsewhere)
      expect(parameters.database === "master" || sql.includes("EXEC [master].sys.sp_executesql @statement;")).toBe(
        true,
      );
  });

  it("is called by no name that it may have given itself: what is run and asked is the schema sys's", async () => {
    const { session, sent } = server([...ofLogin, userIn("shop"), userIn("evil")]);
    await session.alternate(sync);
    for (const { sql, parameters } of sent)
      for (const text of [sql, parameters.query ?? "", parameters.guarded ?? ""])
        for (const [, name] of text.matchAll(/(?:\bFROM|\bJOIN|\bEXEC(?!UTE)) +(\[?\w[\w.[\]]*)/g))
          expect(name).toMatch(/^(sys\.|\[master\]\.sys\.|held$)/);
  });
});
