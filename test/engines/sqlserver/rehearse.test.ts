import { describe, expect, it } from "vitest";
import { type Answer, server } from "./server.js";

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { kind: "pair", pair, grants: "sync" } as const;
const LOGINS = "FROM sys.sql_logins WHERE name";
const base: Answer = { about: `1 AS found ${LOGINS}`, name: "app", rows: [{ found: 1 }] };
const clone: Answer = { about: `1 AS found ${LOGINS}`, name: "app_clone", rows: [{ found: 1 }] };
const marked: Answer = { about: "r.name = @other", name: "app_clone", rows: [{ found: 1 }] };
const databases: Answer = { about: "FROM sys.databases", rows: [{ name: "shop" }, { name: "other" }] };
const user: Answer = { about: "SUSER_SID", in: "shop", name: "app", rows: [{ name: "app", defaultSchema: null }] };
const onServer = (held: Readonly<Record<string, unknown>> = {}): Answer => ({
  about: "'ALTER ANY LOGIN'",
  rows: [{ alterLogin: 1, alterRoles: 1, controlServer: 0, powerful: 0, ...held }],
});
const inDatabase = (held: Readonly<Record<string, unknown>>, name = "shop"): Answer => ({
  about: "'ALTER ANY USER'",
  name,
  rows: [held],
});
const owner = inDatabase({ alterUsers: 1, control: 1 });

const rehearsed = async (
  answers: readonly Answer[],
  change: Parameters<NonNullable<ReturnType<typeof server>["session"]["rehearse"]>>[0],
  options: Parameters<typeof server>[1] = {},
) => {
  const { session, statements, sent } = server(answers, options);
  const answer = await session.rehearse?.(change).catch((error: unknown) => error);
  expect(statements).toEqual([]);
  return { answer, asked: sent };
};

/** https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql */
describe("a rehearsal on SQL Server changes nothing, and", () => {
  it("knows that a login may change its own password", async () => {
    const { answer, asked } = await rehearsed([], { kind: "own password" }, { login: "app" });
    expect(answer).toContain("own password");
    expect(asked).toEqual([]);
  });

  it("asks whether the admin may alter a login, which it names in a parameter", async () => {
    const { answer, asked } = await rehearsed([base, onServer()], { kind: "password", username: "app" });
    expect(answer).toContain("may set the password");
    expect(asked[0]?.parameters).toEqual({ name: "app" });
    expect(asked[0]?.sql).toContain("HAS_PERMS_BY_NAME(QUOTENAME(@name), 'LOGIN', 'ALTER')");
  });

  it.each([
    ["no right to alter logins", { alterLogin: 0 }],
    ["none over the powerful", { powerful: 1 }],
  ])("refuses an admin with %s, and says what to run", async (_, held) => {
    const { answer } = await rehearsed([base, onServer(held)], { kind: "password", username: "app" });
    expect(answer).toMatchObject({
      name: "AccessDeniedError",
      code: "AdminLacksRight",
      message: expect.stringContaining("GRANT ALTER ANY LOGIN TO [keyturn];"),
    });
  });

  it("knows that CONTROL SERVER reaches the powerful", async () => {
    const held = onServer({ powerful: 1, controlServer: 1 });
    expect((await rehearsed([base, held], { kind: "password", username: "app" })).answer).toContain("may set");
  });

  it("asks of a pair for the server and for each database that the base has a user in", async () => {
    const { answer, asked } = await rehearsed([base, onServer(), databases, user, owner], sync);
    expect(answer).toContain("next of the pair");
    expect(asked.filter(({ sql }) => sql.includes("'CONTROL'")).map(({ parameters }) => parameters.name)).toEqual([
      "shop",
    ]);
  });

  it.each([
    ["no right to alter server roles", [base, onServer({ alterRoles: 0 }), databases, user, owner], "SERVER ROLE"],
    ["no control in a database", [base, onServer(), databases, user, inDatabase({ control: 0 })], "database shop"],
    ["a permission that is NULL", [base, onServer({ alterRoles: null }), databases], "SERVER ROLE"],
  ])("refuses %s for a new clone", async (_, answers, said) => {
    const { answer } = await rehearsed(answers, sync);
    expect(answer).toMatchObject({ code: "AdminLacksRight", message: expect.stringContaining(said) });
  });

  it("does not ask for more than the way back takes", async () => {
    const held = onServer({ alterRoles: 0 });
    const back = { ...sync, pair: { ...pair, next: "app" } };
    expect((await rehearsed([base, clone, marked, held, databases, user], back)).answer).toContain("may make");
    const keep = { ...sync, grants: "keep" as const };
    expect((await rehearsed([base, clone, held, databases, user], keep)).answer).toContain("may make");
  });

  it.each([
    ["a base that is not there", [onServer()], "UnknownUser"],
    ["a clone that does not say so", [base, clone, onServer()], "CloneNameTaken"],
    [
      "a member of sysadmin",
      [base, onServer(), { about: "sys.server_role_members", name: "app", rows: [{ name: "sysadmin" }] }],
      "Superuser",
    ],
    [
      "the owner of a database",
      [base, onServer(), databases, { ...user, rows: [{ name: "dbo", defaultSchema: "dbo" }] }],
      "DatabaseOwner",
    ],
  ])("refuses %s, as the change would", async (_, answers, code) => {
    expect((await rehearsed(answers, sync)).answer).toMatchObject({ code });
  });

  it("asks of contained users in their own database alone", async () => {
    const found: Answer = { about: "authentication_type = 2 AND name", name: "app", rows: [{ found: 1 }] };
    const contained = { contained: true };
    const may = inDatabase({ alterUsers: 1, control: 0 });
    const password = { kind: "password", username: "app" } as const;
    expect((await rehearsed([found, may], password, contained)).answer).toContain("may set the password");
    const { answer, asked } = await rehearsed([found, may], sync, contained);
    expect(answer).toMatchObject({ message: expect.stringContaining("ALTER ROLE db_owner ADD MEMBER [keyturn];") });
    expect(asked.some(({ sql }) => sql.includes("ALTER ANY LOGIN"))).toBe(false);
  });
});
