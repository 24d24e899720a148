import { describe, expect, it } from "vitest";
import { type Answer, found, run, server } from "./server.js";

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { pair, password: "n3w-Password", grants: "sync" as const };
const base = found("app");
const clone = found("app_clone");
const marked: Answer = { about: "r.name = @other", other: "keyturn_app", rows: [{ found: 1 }] };
const able: Answer = { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] };
const login: Answer = {
  about: "default_language_name",
  rows: [{ database: "shop", language: "us_english", policy: true, expiration: false }],
};
const permission = (state: string, name: string, securable: string | null, kind = "OBJECT_OR_COLUMN") => ({
  state,
  permission: name,
  securable,
  class: kind,
});

describe("the statements that SQL Server is sent", () => {
  // https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql
  it("change a login's own password, with the one that was really used, and then with the one just set", async () => {
    const { session, statements } = server([], { login: "app" });
    await session.changeOwnPassword({ password: "F1rst-new" });
    await session.changeOwnPassword({ password: "F1rst-new" });
    await session.changeOwnPassword({ password: "S3cond-new" });
    expect(statements).toEqual([
      "ALTER LOGIN [app] WITH PASSWORD = N'F1rst-new' OLD_PASSWORD = N'Th3-old~one'",
      "ALTER LOGIN [app] WITH PASSWORD = N'S3cond-new' OLD_PASSWORD = N'F1rst-new'",
    ]);
  });

  // https://learn.microsoft.com/sql/t-sql/statements/alter-user-transact-sql
  it("change a contained user's own password", async () => {
    const { session, statements } = server([], { login: "app", contained: true });
    expect(await session.whoAmI()).toMatchObject({ login: "app", keptIn: "shop" });
    await session.changeOwnPassword({ password: "F1rst-new" });
    expect(statements).toEqual(["ALTER USER [app] WITH PASSWORD = N'F1rst-new' OLD_PASSWORD = N'Th3-old~one'"]);
  });

  it("keep hostile names and passwords what they are, and paste neither", async () => {
    const username = `x]; DROP DATABASE shop; -- o'b"r größe`;
    const password = `'; DROP LOGIN y; -- "\\%s]`;
    const { session, statements, sent } = server([able, found(username)], { database: "master" });
    await session.setPassword({ username, password });
    expect(statements).toEqual([
      `ALTER LOGIN [x]]; DROP DATABASE shop; -- o'b"r größe] WITH PASSWORD = N'''; DROP LOGIN y; -- "\\%s]' UNLOCK`,
    ]);
    expect(sent.at(-1)).toEqual({
      sql:
        "DECLARE @statement nvarchar(max) = N'ALTER LOGIN ' + QUOTENAME(@p0) + N' WITH PASSWORD = ' + " +
        "N'N''' + REPLACE(@p1, N'''', N'''''') + N'''' + N' UNLOCK'; EXEC [master].sys.sp_executesql @statement;",
      parameters: { p0: username, p1: password },
    });
    for (const { sql } of sent) expect(sql).not.toContain("DROP DATABASE");
  });

  // https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql (DISABLE)
  it("retire the clone of a pair, and its base, which is marked as retired first", async () => {
    const unknown = (name: string) =>
      expect.stringMatching(new RegExp(`^ALTER LOGIN \\[${name}\\] WITH PASSWORD = N'Aa1-[\\w-]{20,}' UNLOCK$`));
    const { session, statements } = server([base, clone, marked]);
    await session.retire({ pair });
    expect(statements.splice(0)).toEqual([unknown("app_clone"), "ALTER LOGIN [app_clone] DISABLE"]);
    await session.retire({ pair: { ...pair, next: "app" } });
    expect(statements).toEqual([
      "CREATE SERVER ROLE [keyturn_off_app]",
      "ALTER SERVER ROLE [keyturn_off_app] ADD MEMBER [app]",
      unknown("app"),
      "ALTER LOGIN [app] DISABLE",
    ]);
    await expect(session.retire({ username: "app", keep: { password: "x", newest: true } })).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "NoDualPassword",
    });
  });

  it("retire contained users", async () => {
    const { session, statements } = server([base, clone, marked], { contained: true });
    await session.retire({ pair: { ...pair, keptIn: "shop" } });
    expect(statements[1]).toBe("[shop] DENY CONNECT TO [app_clone]");
  });

  it("let a base in again that was retired, and take the mark of that away last", async () => {
    const members = [
      ["keyturn_app", "app_clone"],
      ["keyturn_app", "app"],
      ["keyturn_off_app", "app"],
    ] as const;
    const { session, statements } = server([found("app", { barred: 1 }), clone], { members });
    await session.alternate({ ...sync, pair: { ...pair, next: "app" } });
    expect(statements).toEqual([
      "ALTER LOGIN [app] WITH PASSWORD = N'n3w-Password' UNLOCK",
      "ALTER LOGIN [app] ENABLE",
      "ALTER SERVER ROLE [keyturn_off_app] DROP MEMBER [app]",
    ]);
  });

  // https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
  it("count sessions for who may see them all, and for others not", async () => {
    const answer = (sessions: number | null) => ({ about: "sys.dm_exec_sessions", name: "app", rows: [{ sessions }] });
    const { session, sent } = server([answer(3)]);
    expect(await session.sessionsOf?.("app")).toBe(3);
    expect(sent[0]?.parameters.query).toContain("CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1");
    expect(sent[0]?.parameters.query).toContain("WHERE original_login_name = @name AND session_id <> @@SPID");
    expect(await server([answer(null)]).session.sessionsOf?.("app")).toBeUndefined();
  });

  // https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql, …/create-server-role-transact-sql, …/create-user-transact-sql
  it("make a clone with all that its base has, in every database, and set its password last", async () => {
    const { session, statements } = server([
      base,
      login,
      { about: "SELECT r.name FROM sys.server_role_members", name: "app", rows: [{ name: "dbcreator" }] },
      {
        about: "sys.server_permissions",
        name: "app",
        rows: [permission("GRANT_WITH_GRANT_OPTION", "VIEW SERVER STATE", "", "SERVER")],
      },
      { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }, { name: "other" }] },
      { about: "SUSER_SID", in: "shop", name: "app", rows: [{ name: "app user", defaultSchema: "sales" }] },
      { about: "sys.database_role_members", in: "shop", name: "app user", rows: [{ name: "db_datareader" }] },
      {
        about: "sys.database_permissions",
        in: "shop",
        name: "app user",
        rows: [
          permission("DENY", "SELECT", " ON OBJECT::[dbo].[salaries] ([amount])"),
          permission("GRANT", "SELECT", " ON OBJECT::[dbo].[salaries]"),
          permission("GRANT", "CREATE TABLE", "", "DATABASE"),
        ],
      },
      {
        about: "sys.schemas",
        in: "shop",
        name: "app user",
        rows: [permission("GRANT", "CONTROL", " ON SCHEMA::[own]", "SCHEMA")],
      },
    ]);
    const report = await session.alternate(sync);
    expect(statements).toEqual([
      "CREATE SERVER ROLE [keyturn_app]",
      "ALTER SERVER ROLE [keyturn_app] ADD MEMBER [app]",
      expect.stringMatching(/^CREATE LOGIN \[app_clone\] WITH PASSWORD = N'Aa1-/),
      "ALTER LOGIN [app_clone] WITH DEFAULT_DATABASE = [shop], DEFAULT_LANGUAGE = [us_english], CHECK_POLICY = ON",
      "ALTER LOGIN [app_clone] WITH CHECK_EXPIRATION = OFF",
      "CREATE SERVER ROLE [keyturn_off_app]",
      "ALTER SERVER ROLE [keyturn_off_app] ADD MEMBER [app_clone]",
      "ALTER SERVER ROLE [keyturn_app] ADD MEMBER [app_clone]",
      "GRANT VIEW SERVER STATE TO [app_clone] WITH GRANT OPTION",
      "ALTER SERVER ROLE [dbcreator] ADD MEMBER [app_clone]",
      "[shop] CREATE USER [app_clone] FOR LOGIN [app_clone]",
      "[shop] GRANT SELECT ON OBJECT::[dbo].[salaries] TO [app_clone]",
      "[shop] GRANT CREATE TABLE TO [app_clone]",
      "[shop] GRANT CONTROL ON SCHEMA::[own] TO [app_clone]",
      "[shop] DENY SELECT ON OBJECT::[dbo].[salaries] ([amount]) TO [app_clone] CASCADE",
      "[shop] ALTER ROLE [db_datareader] ADD MEMBER [app_clone]",
      "[shop] ALTER USER [app_clone] WITH DEFAULT_SCHEMA = [sales]",
      "ALTER SERVER ROLE [keyturn_off_app] DROP MEMBER [app_clone]",
      "ALTER LOGIN [app_clone] WITH PASSWORD = N'n3w-Password' UNLOCK",
      "ALTER LOGIN [app_clone] ENABLE",
    ]);
    expect(report).toMatchObject({ created: true, sentAs: "clear text", revoked: [] });
    expect(report.granted).toContain("shop: GRANT SELECT ON OBJECT::[dbo].[salaries]");
  });

  // https://learn.microsoft.com/sql/t-sql/statements/revoke-transact-sql
  it("take from the clone what its base has no more, and users where it has none", async () => {
    const { session, statements } = server([
      base,
      clone,
      marked,
      login,
      {
        about: "SELECT r.name FROM sys.server_role_members",
        name: "app_clone",
        rows: [{ name: "keyturn_app" }, { name: "dbcreator" }],
      },
      { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }, { name: "gone" }] },
      { about: "SUSER_SID", in: "shop", name: "app", rows: [{ name: "app", defaultSchema: "dbo" }] },
      { about: "SUSER_SID", name: "app_clone", rows: [{ name: "app_clone", defaultSchema: "dbo" }] },
      {
        about: "sys.database_permissions",
        in: "shop",
        name: "app",
        rows: [permission("GRANT", "SELECT", " ON SCHEMA::[sales]", "SCHEMA")],
      },
      {
        about: "sys.database_permissions",
        in: "shop",
        name: "app_clone",
        rows: [permission("GRANT_WITH_GRANT_OPTION", "SELECT", " ON SCHEMA::[sales]", "SCHEMA")],
      },
    ]);
    expect(await session.alternate(sync)).toMatchObject({
      created: false,
      granted: ["shop: GRANT SELECT ON SCHEMA::[sales]"],
      revoked: [
        "server role dbcreator",
        "shop: GRANT SELECT ON SCHEMA::[sales] WITH GRANT OPTION",
        "gone: user app_clone",
      ],
    });
    expect(statements.slice(2, -2)).toEqual([
      "ALTER SERVER ROLE [dbcreator] DROP MEMBER [app_clone]",
      "[shop] REVOKE SELECT ON SCHEMA::[sales] FROM [app_clone] CASCADE",
      "[shop] GRANT SELECT ON SCHEMA::[sales] TO [app_clone]",
      "[gone] DROP USER [app_clone]",
    ]);
  });

  it("make a contained clone in its own database", async () => {
    const user = {
      about: "FROM sys.database_principals WHERE name",
      name: "app",
      rows: [{ name: "app", defaultSchema: "dbo" }],
    };
    const { session, statements } = server([base, user], { contained: true });
    await session.alternate({ ...sync, pair: { ...pair, keptIn: "shop" } });
    expect(statements).toEqual([
      "[shop] CREATE ROLE [keyturn_app]",
      "[shop] ALTER ROLE [keyturn_app] ADD MEMBER [app]",
      expect.stringMatching(/^\[shop\] CREATE USER \[app_clone\] WITH PASSWORD = N'Aa1-/),
      "[shop] CREATE ROLE [keyturn_off_app]",
      "[shop] ALTER ROLE [keyturn_off_app] ADD MEMBER [app_clone]",
      "[shop] ALTER ROLE [keyturn_app] ADD MEMBER [app_clone]",
      "[shop] ALTER USER [app_clone] WITH DEFAULT_SCHEMA = [dbo]",
      "[shop] ALTER ROLE [keyturn_off_app] DROP MEMBER [app_clone]",
      "[shop] ALTER USER [app_clone] WITH PASSWORD = N'n3w-Password'",
      "[shop] GRANT CONNECT TO [app_clone]",
    ]);
  });

  it("touch nothing but the password of the base, and of a pair made beforehand", async () => {
    const { session, statements } = server([base, clone, marked]);
    await session.alternate({ ...sync, pair: { ...pair, next: "app" } });
    await session.alternate({ ...sync, grants: "keep" });
    expect(statements).toEqual([
      "ALTER LOGIN [app] WITH PASSWORD = N'n3w-Password' UNLOCK",
      "ALTER LOGIN [app] ENABLE",
      "ALTER LOGIN [app_clone] WITH PASSWORD = N'n3w-Password' UNLOCK",
      "ALTER LOGIN [app_clone] ENABLE",
    ]);
  });
});

describe("SQL Server refuses before anything is changed", () => {
  const dbo: Answer = { about: "SUSER_SID", name: "app", rows: [{ name: "dbo", defaultSchema: "dbo" }] };
  const unknown: Answer = {
    about: "sys.server_permissions",
    name: "app",
    rows: [permission("GRANT", "ALTER", null, "AVAILABILITY_GROUP")],
  };
  it.each<[string, Answer[], Partial<typeof sync> & { grants?: "sync" | "keep" }, string]>([
    ["a base that is not there", [], {}, "UnknownUser"],
    ["a clone that does not say so", [base, clone], {}, "CloneNameTaken"],
    ["a clone to be kept that is not there", [base], { grants: "keep" as never }, "CloneMissing"],
    ["a login that may do everything", [found("app", { powerful: 1 }), login], {}, "Superuser"],
    ["a permission that it cannot give", [base, login, unknown], {}, "UnknownPermission"],
    [
      "a base that may itself be a clone",
      [base, clone],
      { pair: { base: "app_clone", clone: "app_clone_clone", next: "app_clone_clone" } },
      "AmbiguousPair",
    ],
  ])("%s", async (_, answers, asked, code) => {
    const { session, statements } = server(answers);
    await expect(session.alternate({ ...sync, ...asked })).rejects.toMatchObject({ code });
    expect(statements).toEqual([]);
  });

  it("the owner of a database, whose clone would not be one", async () => {
    const { session, statements } = server([
      base,
      clone,
      marked,
      login,
      { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }] },
      dbo,
    ]);
    await expect(session.alternate(sync)).rejects.toMatchObject({
      code: "DatabaseOwner",
      message: expect.stringContaining("ALTER AUTHORIZATION ON DATABASE::[shop]"),
    });
    expect(statements).toEqual([]);
  });

  it("an admin without the right, with the statements to run", async () => {
    const { session } = server([able, base], { refusal: 15151, database: "master" });
    await expect(session.setPassword({ username: "app", password: "n3w-Password" })).rejects.toMatchObject({
      name: "AccessDeniedError",
      code: "AdminLacksRight",
      message: expect.stringContaining("GRANT ALTER ANY LOGIN TO [keyturn]"),
    });
  });
});

describe("a login of SQL Server", () => {
  it("is a clone when the server says so, not by its name", async () => {
    const member = { about: "IS_SRVROLEMEMBER", rows: [{ member: 1 }] };
    expect(await server([member], { login: "app_clone" }).session.pair()).toEqual({ ...pair, next: "app" });
    expect(await server([], { login: "app_clone" }).session.pair()).toMatchObject({ base: "app_clone" });
    await expect(server([], { login: "n".repeat(116) }).session.pair()).rejects.toMatchObject({
      code: "UsernameTooLong",
    });
  });

  it("is the one that the secret names, in whatever case the server keeps it", async () => {
    const { session } = server([], { login: "App" });
    expect(await session.whoAmI()).toMatchObject({ login: "App", serverVersion: "16.0.4165.4" });
  });
});

it("the test's own reading of T-SQL doubles what the server would double", () => {
  const sql =
    "DECLARE @statement nvarchar(max) = N'A ' + QUOTENAME(@p0) + N' ''x'''; EXEC sys.sp_executesql @statement;";
  expect(run({ sql, parameters: { p0: "b]c" } })).toBe("A [b]]c] 'x'");
});
