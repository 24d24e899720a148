import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/engines/engine.js";
import { type Played, server } from "./server.js";

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { kind: "pair", pair, grants: "sync" } as const;
const other = { kind: "password", username: "app" } as const;
const marked = { roles: [["KEYTURN_APP", "default"]] } as const;
const MAKER = ["CREATE SESSION", "ALTER USER", "CREATE USER", "CREATE ROLE"];
const GRANTS_ALL = ["GRANT ANY ROLE", "GRANT ANY PRIVILEGE", "GRANT ANY OBJECT PRIVILEGE"];

/** Rehearses, and makes sure that nothing was changed. */
async function rehearsed(played: Played, change: Change) {
  const { session, changes, asked } = server(played);
  const answer = await session.rehearse?.(change).catch((error: unknown) => error);
  expect(changes).toEqual([]);
  return { answer, asked };
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/SESSION_PRIVS.html */
describe("a rehearsal on Oracle changes nothing, and", () => {
  it("knows that a user may change its own password, and its second where the profile has a rollover", async () => {
    const own = { login: "app", users: { APP: {} } };
    expect((await rehearsed(own, { kind: "own password" })).answer).toContain("own password");
    const second = { kind: "second password", username: "app" } as const;
    expect((await rehearsed({ ...own, rollover: "1" }, second)).answer).toContain("own password");
    expect((await rehearsed(own, second)).answer).toMatchObject({ code: "NoRolloverTime" });
  });

  it("asks for ALTER USER where an admin sets another's", async () => {
    const users = { APP: {} };
    expect((await rehearsed({ users, privileges: ["ALTER USER"] }, other)).answer).toContain("ALTER USER");
    expect((await rehearsed({ users, privileges: ["CREATE SESSION"] }, other)).answer).toMatchObject({
      name: "AccessDeniedError",
      code: "AdminLacksRight",
      message: expect.stringContaining('GRANT ALTER USER TO "KEYTURN"; GRANT SELECT_CATALOG_ROLE TO "KEYTURN";'),
    });
    expect((await rehearsed({ privileges: ["ALTER USER"] }, other)).answer).toMatchObject({ code: "UnknownUser" });
  });

  it("tells an admin that may not read the dictionary as one that lacks a right", async () => {
    const refuse = (sql: string) => (/ FROM SYS\.DBA_/.test(sql) ? { errorNum: 942 } : undefined);
    for (const change of [other, sync])
      expect((await rehearsed({ refuse, users: { APP: {} } }, change)).answer).toMatchObject({
        code: "AdminLacksRight",
      });
  });

  it("asks for all that a new clone takes", async () => {
    const users = { APP: {} };
    const { answer } = await rehearsed({ users, privileges: [...MAKER, ...GRANTS_ALL] }, sync);
    expect(answer).toContain("next of the pair");
    for (const lacking of MAKER.slice(1)) {
      const privileges = MAKER.filter((one) => one !== lacking);
      const { answer: refused } = await rehearsed({ users, privileges }, sync);
      expect(refused).toMatchObject({ code: "AdminLacksRight", message: expect.stringContaining(`(${lacking})`) });
    }
  });

  it.each([
    ["DBA_ROLE_PRIVS", "READER", "GRANT ANY ROLE"],
    ["DBA_SYS_PRIVS", "CREATE VIEW", "GRANT ANY PRIVILEGE"],
    ["DBA_TAB_PRIVS", "SELECT ON HR.EMP", "GRANT ANY OBJECT PRIVILEGE"],
  ])("names what it may not hand on, by %s, unless it may all of the kind", async (view, name, enough) => {
    const played = { users: { APP: {} }, privileges: MAKER, notToHandOn: { [view]: [name] } };
    const { answer, asked } = await rehearsed(played, sync);
    expect(answer).toMatchObject({ code: "AdminLacksRight", message: expect.stringContaining(`(${name})`) });
    expect(asked.filter(({ sql }) => sql.includes(" MINUS ")).map(({ binds }) => binds)).toEqual([
      { base: "APP", clone: "APP_CLONE", marker: "" },
      { base: "APP", clone: "APP_CLONE" },
      { base: "APP", clone: "APP_CLONE" },
    ]);
    expect((await rehearsed({ ...played, privileges: [...MAKER, enough] }, sync)).answer).toContain("may hand on");
  });

  it("asks whether it may give a marker that somebody else made", async () => {
    const played = { users: { APP: {} }, privileges: MAKER, roles: ["KEYTURN_APP"] };
    const { asked } = await rehearsed(played, sync);
    expect(asked.find(({ binds }) => "marker" in binds)?.binds).toMatchObject({ marker: "KEYTURN_APP" });
    const made = { ...played, users: { APP: marked, APP_CLONE: marked } };
    expect((await rehearsed(made, sync)).asked.find(({ binds }) => "marker" in binds)?.binds.marker).toBe("");
  });

  it("asks for no more than the way back takes, and a pair made beforehand", async () => {
    const played = { users: { APP: marked, APP_CLONE: marked }, privileges: ["ALTER USER"] };
    const back = { ...sync, pair: { ...pair, next: "app" } };
    expect((await rehearsed(played, back)).answer).toContain("next of the pair");
    expect((await rehearsed(played, { ...sync, grants: "keep" })).answer).toContain("next of the pair");
  });

  it.each([
    ["a base that is not there", {}, "UnknownUser"],
    ["a clone that does not say so", { APP: {}, APP_CLONE: {} }, "CloneNameTaken"],
    ["a base that owns objects", { APP: { objects: ["T"] } }, "BaseOwnsObjects"],
    ["an administrator", { APP: { sysdba: true } }, "AdministrativeUser"],
  ] as const)("refuses %s, as the change would", async (_, users, code) => {
    expect((await rehearsed({ users, privileges: [...MAKER, ...GRANTS_ALL] }, sync)).answer).toMatchObject({ code });
  });
});
