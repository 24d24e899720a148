import { describe, expect, it } from "vitest";
import { type Answer, found, server } from "./server.js";

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { kind: "pair", pair, grants: "sync" } as const;
const base = found("app");
const clone = found("app_clone");
const marked: Answer = { about: "r.name = @other", other: "keyturn_app", rows: [{ found: 1 }] };
const databases: Answer = { about: "FROM sys.databases WHERE state", rows: [{ name: "shop" }, { name: "other" }] };
const user: Answer = { about: "SUSER_SID", in: "shop", name: "app", rows: [{ name: "app", defaultSchema: null }] };
const onServer = (held: Readonly<Record<string, unknown>> = {}): Answer => ({
  about: "'ALTER ANY LOGIN'",
  rows: [{ alterLogin: 1, alterRoles: 1, ...held }],
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
  const { session, statements, sent } = server(answers, { database: "master", ...options });
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
    expect(asked[0]?.parameters).toMatchObject({ database: "master", name: "app" });
    expect(asked[0]?.parameters.query).toContain("HAS_PERMS_BY_NAME(QUOTENAME(@name), 'LOGIN', 'ALTER')");
  });

  it("refuses an admin with no right to alter logins, and says what to run", async () => {
    const { answer } = await rehearsed([onServer({ alterLogin: 0 })], { kind: "password", username: "app" });
    expect(answer).toMatchObject({
      name: "AccessDeniedError",
      code: "AdminLacksRight",
      message: expect.stringContaining("GRANT ALTER ANY LOGIN TO [keyturn];"),
    });
  });

  it("refuses to change what may do everything", async () => {
    const { answer } = await rehearsed([found("app", { powerful: 1 }), onServer()], {
      kind: "password",
      username: "app",
    });
    expect(answer).toMatchObject({ code: "Superuser" });
  });

  it("asks of a pair for the server and for each database that the base has a user in", async () => {
    const { answer, asked } = await rehearsed([base, onServer(), databases, user, owner], sync);
    expect(answer).toContain("next of the pair");
    expect(
      asked
        .filter(({ parameters }) => parameters.query?.includes("'CONTROL'"))
        .map(({ parameters }) => parameters.name),
    ).toEqual(["shop"]);
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
    expect((await rehearsed([base, clone, marked, held, databases, user], keep)).answer).toContain("may make");
  });

  it.each([
    ["a base that is not there", [onServer()], "UnknownUser"],
    ["a clone that does not say so", [base, clone, onServer()], "CloneNameTaken"],
    ["a member of sysadmin", [found("app", { powerful: 1 }), onServer()], "Superuser"],
    [
      "the owner of a database",
      [base, onServer(), databases, { ...user, rows: [{ name: "dbo", defaultSchema: "dbo" }] }],
      "DatabaseOwner",
    ],
  ])("refuses %s, as the change would", async (_, answers, code) => {
    expect((await rehearsed(answers, sync)).answer).toMatchObject({ code });
  });

  it("asks of contained users in their own database alone", async () => {
    const contained = { contained: true, database: "shop" };
    const may = inDatabase({ alterUsers: 1, control: 0 });
    const password = { kind: "password", username: "app" } as const;
    expect((await rehearsed([base, may], password, contained)).answer).toContain("may set the password");
    const { answer, asked } = await rehearsed([base, may], { ...sync, pair: { ...pair, keptIn: "shop" } }, contained);
    expect(answer).toMatchObject({ message: expect.stringContaining("ALTER ROLE db_owner ADD MEMBER [keyturn];") });
    expect(asked.some(({ parameters }) => parameters.query?.includes("ALTER ANY LOGIN"))).toBe(false);
  });
});
