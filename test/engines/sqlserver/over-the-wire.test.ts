import { afterEach, describe, expect, it } from "vitest";
import { type Answer, found, type Played, serverOverTds } from "./server.js";

// What the engine and its driver make of what a server says, in the server's own protocol.

const stops: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serverWith(answers: readonly Answer[], played: Played = {}) {
  const { stop, ...server } = await serverOverTds(answers, played);
  stops.push(stop);
  return server;
}

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { pair, password: "n3w-Password", grants: "sync" as const };
const base = found("app");
const clone = found("app_clone");
const marked: Answer = { about: "r.name = @other", other: "keyturn_app", rows: [{ found: 1 }] };
const login: Answer = {
  about: "default_language_name",
  rows: [{ database: "shop", language: "us_english", policy: true, expiration: false }],
};
const shop: Answer = { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }] };
const users: Answer[] = ["app", "app_clone"].map((name) => ({
  about: "sid = SUSER_SID(@name)",
  in: "shop",
  name,
  rows: [{ name, defaultSchema: "dbo" }],
}));
const grant = (permission: string, securable: string) => ({ state: "GRANT", permission, securable, class: "SCHEMA" });

describe("statements over SQL Server's protocol", () => {
  it("arrive as they were meant, long and hostile ones too", async () => {
    const { session, statements, sent } = await serverWith([], { login: "app" });
    const password = `it's "so" größe ]] -- ${"x".repeat(5_000)}`;
    // A trace of calls has the parameters of this one.
    expect(await session.changeOwnPassword({ password })).toEqual({ sentAs: "clear text" });
    expect(Object.values(sent.at(-1)?.parameters ?? {})).toContain(password);
    expect(statements).toEqual([
      `ALTER LOGIN [app] WITH PASSWORD = N'${password.replaceAll("'", "''")}' OLD_PASSWORD = N'Th3-old~one'`,
    ]);
    expect(await session.whoAmI()).toMatchObject({ login: "app", actingAs: "dbo" });
  });

  it("are refused with the server's number", async () => {
    const { session } = await serverWith([found("app")], { database: "master", refusal: 15118 });
    await expect(session.changeOwnPassword({ password: "n3w" })).rejects.toMatchObject({ code: "PasswordRefused" });
  });
});

describe("a login that too many wrong passwords have locked", () => {
  // Error 15113: https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql (UNLOCK)
  it("is let in again by an admin's change, and told as that where it changes its own", async () => {
    const able: Answer = { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] };
    const admin = await serverWith([base, able], { database: "master" });
    await admin.session.setPassword({ username: "app", password: "n3w-Password" });
    expect(admin.statements).toEqual(["ALTER LOGIN [app] WITH PASSWORD = N'n3w-Password' UNLOCK"]);
    const itself = await serverWith([], { login: "app", refusal: 15113 });
    await expect(itself.session.changeOwnPassword({ password: "n3w-Password" })).rejects.toMatchObject({
      name: "ConflictError",
      code: "LockedOut",
    });
  });
});

describe("a pair of SQL Server's", () => {
  // Error 4621: https://learn.microsoft.com/sql/t-sql/statements/grant-server-permissions-transact-sql
  it("is given what is of the server in master, wherever the session is", async () => {
    const permission = { state: "GRANT", permission: "VIEW SERVER STATE", securable: "", class: "SERVER" };
    const held: Answer = { about: "sys.server_permissions", name: "app", rows: [permission] };
    const { session, sent, statements } = await serverWith([base, login, held]);
    await session.alternate(sync);
    expect(statements).toContain("GRANT VIEW SERVER STATE TO [app_clone]");
    const ofServer = sent.filter(({ sql, parameters }) => sql.includes("@statement") && !("database" in parameters));
    expect(ofServer.length).toBeGreaterThan(8);
    for (const { sql } of ofServer) expect(sql).toMatch(/EXEC \[master\]\.sys\.sp_executesql @statement;$/);
  });

  // Error 4624: nobody grants anything to an owner.
  it("is brought in line again after the clone has made a schema, whose rights the base was given", async () => {
    const { session, statements } = await serverWith(
      [
        base,
        clone,
        marked,
        login,
        shop,
        ...users,
        {
          about: "sys.database_permissions",
          name: "app",
          rows: [
            grant("CONTROL", " ON SCHEMA::[mine]"),
            grant("SELECT", " ON OBJECT::[mine].[t]"),
            grant("SELECT", " ON SCHEMA::[sales]"),
          ],
        },
        { about: "FROM sys.schemas", name: "app_clone", rows: [grant("CONTROL", " ON SCHEMA::[mine]")] },
      ],
      { refused: { "[mine] TO [app_clone]": 4624, "[mine].[t] TO [app_clone]": 4624 } },
    );
    expect(await session.alternate(sync)).toEqual({
      created: false,
      granted: ["shop: GRANT SELECT ON SCHEMA::[sales]"],
      revoked: [],
      sentAs: "clear text",
    });
    expect(statements).toContain("[shop] GRANT CONTROL ON SCHEMA::[mine] TO [app]");
  });

  // https://learn.microsoft.com/sql/t-sql/statements/alter-server-role-transact-sql#permissions
  describe("whose base is in a fixed server role that the admin is not in", () => {
    const able: Answer[] = [
      { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] },
      { about: "AS alterUsers", rows: [{ alterUsers: 1, control: 1 }] },
    ];
    const ofBase: Answer = {
      about: "SELECT r.name FROM sys.server_role_members",
      name: "app",
      rows: [{ name: "dbcreator" }],
    };
    const held: Answer = { about: "is_fixed_role = 1", name: "app", other: "app_clone", rows: [{ name: "dbcreator" }] };
    const played = { refused: { "[dbcreator]": 15151 } };

    it("gets no clone, and a rehearsal says so before", async () => {
      const { session, statements } = await serverWith([base, login, shop, ofBase, held, ...able], played);
      await expect(session.rehearse?.({ kind: "pair", ...sync })).rejects.toMatchObject({
        code: "AdminLacksRight",
        message: expect.stringContaining("server role dbcreator: only members"),
      });
      expect(statements).toEqual([]);
      await expect(session.alternate(sync)).rejects.toMatchObject({ code: "AdminLacksRight" });
    });

    it("keeps a clone that has had its turn, which goes without, and a rehearsal says so before", async () => {
      const answers = [base, clone, marked, login, shop, ofBase, held, ...able];
      const { session } = await serverWith(answers, played);
      expect(await session.rehearse?.({ kind: "pair", ...sync })).toContain("Left as it is: server role dbcreator.");
      expect(await session.alternate(sync)).toMatchObject({ left: ["server role dbcreator"] });
    });
  });
});

// https://learn.microsoft.com/azure/azure-sql/database/transact-sql-tsql-differences-sql-server
describe("Azure SQL Database", () => {
  const azure = { azure: true } as const;
  const refused = { name: "UnsupportedError", code: "AzureLogin" };
  const password = "n3w-Password";

  it("has no pair of logins, nor an admin that changes them, which is said before anything is asked", async () => {
    const { session, sent } = await serverWith([base], azure);
    const before = sent.length;
    await expect(session.pair()).rejects.toMatchObject(refused);
    await expect(session.alternate(sync)).rejects.toMatchObject(refused);
    await expect(session.retire({ pair })).rejects.toMatchObject(refused);
    await expect(session.setPassword({ username: "app", password })).rejects.toMatchObject(refused);
    await expect(session.rehearse?.({ kind: "pair", ...sync })).rejects.toMatchObject(refused);
    await expect(session.rehearse?.({ kind: "password", username: "app" })).rejects.toMatchObject(refused);
    expect(await session.sessionsOf?.("app")).toBeUndefined();
    expect(sent).toHaveLength(before);
  });

  it("lets a login change its own password in master only", async () => {
    const elsewhere = await serverWith([], { ...azure, login: "app" });
    await expect(elsewhere.session.changeOwnPassword({ password })).rejects.toMatchObject(refused);
    await expect(elsewhere.session.rehearse?.({ kind: "own password" })).rejects.toMatchObject(refused);
    expect(elsewhere.statements).toEqual([]);
    const { session, statements } = await serverWith([], { ...azure, login: "app", database: "master" });
    await session.changeOwnPassword({ password });
    expect(statements).toEqual(["ALTER LOGIN [app] WITH PASSWORD = N'n3w-Password' OLD_PASSWORD = N'Th3-old~one'"]);
  });

  it("has pairs of users that it keeps itself, for which nothing is asked in another database", async () => {
    const user = {
      about: "FROM sys.database_principals WHERE name",
      name: "app",
      rows: [{ name: "app", defaultSchema: "dbo" }],
    };
    const rights: Answer = { about: "AS alterUsers", rows: [{ alterUsers: 1, control: 1 }] };
    const { session, sent } = await serverWith([base, user, rights], { ...azure, contained: true });
    const kept = { ...sync, pair: { ...pair, keptIn: "shop" } };
    await session.rehearse?.({ kind: "pair", ...kept });
    await session.alternate(kept);
    await session.setPassword({ username: "app", password });
    for (const { sql, parameters } of sent) {
      expect(parameters.database ?? "shop").toBe("shop");
      expect(sql).not.toContain("[master]");
    }
  });

  it("says what it does not have", async () => {
    const { session } = await serverWith([], { ...azure, login: "app", database: "master", refusal: 40515 });
    await expect(session.changeOwnPassword({ password })).rejects.toMatchObject({ code: "NotOnAzure" });
  });
});
