import { describe, expect, it } from "vitest";
import { type Known, type Played, server } from "../engines/oracle/server.js";

// Who may write a secret, or is a login, leads the admin to a user that is somebody else's.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const back = { ...pair, next: "app" };
const password = "N3w-Password";
const mark: Known = { roles: [["KEYTURN_APP", "default"]] };
const ALL = [
  "ALTER USER",
  "CREATE USER",
  "CREATE ROLE",
  "GRANT ANY ROLE",
  "GRANT ANY PRIVILEGE",
  "GRANT ANY OBJECT PRIVILEGE",
];

type Session = ReturnType<typeof server>["session"];
type Work = (session: Session) => Promise<unknown>;
const ofPairs: ReadonlyArray<readonly [string, Work]> = [
  ["keeping grants", (session) => session.alternate({ pair, password, grants: "keep" })],
  ["aligning", (session) => session.alternate({ pair, password, grants: "sync" })],
  ["coming back", (session) => session.alternate({ pair: back, password, grants: "sync" })],
  ["retiring the clone", (session) => session.retire({ pair })],
  ["retiring the base", (session) => session.retire({ pair: back })],
  ["rehearsing", async (session) => session.rehearse?.({ kind: "pair", pair, grants: "keep" })],
];

async function refused(played: Played, work: Work, code: string): Promise<void> {
  const { session, changes } = server({ privileges: ALL, ...played });
  await expect(work(session)).rejects.toMatchObject({ code });
  expect(changes).toEqual([]);
}

describe("a pair of Oracle's users", () => {
  it.each(ofPairs)("marked by an admin, may be changed: %s", async (_, work) => {
    await work(server({ users: { APP: mark, APP_CLONE: mark }, roles: ["KEYTURN_APP"], privileges: ALL }).session);
  });

  it.each(ofPairs)("is none by its names alone: %s", async (_, work) => {
    await refused({ users: { APP: {}, APP_CLONE: {} } }, work, "CloneNameTaken");
    await refused({ users: { APP: {}, APP_CLONE: { roles: [["KEYTURN_OTHER"]] } } }, work, "CloneNameTaken");
  });

  it.each(ofPairs)(
    "is none where the base was made anew, for somebody else, and the clone left behind: %s",
    async (_, work) => {
      await refused({ users: { APP: {}, APP_CLONE: mark }, roles: ["KEYTURN_APP"] }, work, "BaseNotMarked");
      await refused({ users: { APP: { roles: [["KEYTURN_OFF_APP"]] }, APP_CLONE: mark } }, work, "BaseNotMarked");
    },
  );

  it("is none where somebody has prepared a user, locked and without a right, for another team", async () => {
    const users = { APP: mark, APP_CLONE: { status: "LOCKED" } };
    await refused(
      { users: { ...users, APP: {} } },
      (session) => session.alternate({ pair, password, grants: "sync" }),
      "CloneNameTaken",
    );
    // Where the base has our own mark, its making was cut off.
    const { session } = server({ users, roles: ["KEYTURN_APP"] });
    expect(await session.alternate({ pair, password, grants: "sync" })).toMatchObject({ created: false });
    await refused(
      { users, roles: ["KEYTURN_APP"] },
      (other) => other.alternate({ pair, password, grants: "keep" }),
      "CloneNameTaken",
    );
  });

  it.each(["LOCKED", "EXPIRED & LOCKED", "LOCKED & IN ROLLOVER"])(
    "has a base that a person has barred (%s), which stays barred",
    async (status) => {
      const users = { APP: { ...mark, status }, APP_CLONE: mark };
      for (const [, work] of ofPairs.slice(0, 3)) await refused({ users }, work, "BaseCannotLogIn");
      const { session, changes } = server({ users });
      await session.retire({ pair: back });
      expect(changes.join()).not.toContain("GRANT");
    },
  );

  it("has no base that never had a password of its own, and one that guesses have locked for a time", async () => {
    for (const authentication of ["NONE", "EXTERNAL"] as const)
      await refused(
        { users: { APP: { ...mark, authentication }, APP_CLONE: mark } },
        (session) => session.alternate({ pair: back, password, grants: "sync" }),
        "BaseCannotLogIn",
      );
    const guessed = server({ users: { APP: { ...mark, status: "LOCKED(TIMED)" }, APP_CLONE: mark } });
    await guessed.session.alternate({ pair: back, password, grants: "sync" });
    expect(guessed.changes).toHaveLength(1);
  });

  it("has a retired base, which is let in again", async () => {
    const roles: Known["roles"] = [...(mark.roles ?? []), ["KEYTURN_OFF_APP", "default"]];
    const users = { APP: { roles, status: "LOCKED" }, APP_CLONE: mark };
    const { session, changes } = server({ users });
    await session.alternate({ pair: back, password, grants: "sync" });
    expect(changes.at(-1)).toBe('REVOKE "KEYTURN_OFF_APP" FROM "APP"');
  });
});

describe("an admin of Oracle's", () => {
  const own: Known = { sysdba: true };
  const others: ReadonlyArray<readonly [string, Known]> = [
    ["Oracle's own", { maintained: "Y" }],
    ["one with SYSDBA", own],
    ["one that may change users, or hand on what it has not", { manages: true }],
  ];
  const ofUsers: ReadonlyArray<readonly [string, Work]> = [
    ["setting a password", (session) => session.setPassword({ username: "app", password })],
    ["adding one", async (session) => session.addPassword?.({ username: "app", current: "0ld-Password", password })],
    ["retiring one", (session) => session.retire({ username: "app", keep: { password, newest: false } })],
    ["rehearsing", async (session) => session.rehearse?.({ kind: "password", username: "app" })],
  ];

  it.each(ofUsers)("changes a user of an application: %s", async (_, work) => {
    await work(server({ users: { APP: {} }, rollover: "1", privileges: ALL }).session);
  });

  it.each(others)("changes no user that could do as much: %s", async (_, known) => {
    for (const [, work] of ofUsers) await refused({ users: { APP: known }, rollover: "1" }, work, "AdministrativeUser");
    for (const [, work] of ofPairs) {
      await refused({ users: { APP: known, APP_CLONE: mark } }, work, "AdministrativeUser");
      await refused({ users: { APP: {}, APP_CLONE: { ...mark, ...known } } }, work, "AdministrativeUser");
    }
  });

  it.each(["keyturn", "KEYTURN", "KeyTurn", '"KEYTURN"'])("never changes itself, spelled %s", async (username) => {
    const of = (base: string, clone: string) => ({ base, clone, next: clone });
    const users = { APP: {}, KEYTURN: mark };
    for (const work of [
      (session: Session) => session.setPassword({ username, password }),
      (session: Session) => session.alternate({ pair: of("app", username), password, grants: "keep" }),
      (session: Session) => session.alternate({ pair: of(username, "app"), password, grants: "sync" }),
      (session: Session) => session.retire({ pair: of("app", username) }),
      async (session: Session) => session.rehearse?.({ kind: "password", username }),
    ])
      await refused({ users }, work, "AdminItself");
  });

  it("is another than one whose name has small letters in the dictionary", async () => {
    const { session, changes } = server({ users: { keyturn: {} } });
    await session.setPassword({ username: '"keyturn"', password });
    expect(changes).toHaveLength(1);
  });

  it("is a superuser by the role DBA, by the password file, and not where it may not read that", async () => {
    expect(await server({ dba: true }).session.isSuperuser()).toBe(true);
    expect(await server({ users: { KEYTURN: own } }).session.isSuperuser()).toBe(true);
    expect(await server({ users: { KEYTURN: {} } }).session.isSuperuser()).toBe(false);
    const refuse = (sql: string) => (sql.includes("V_$PWFILE_USERS") ? { errorNum: 942 } : undefined);
    expect(await server({ refuse }).session.isSuperuser()).toBe(false);
  });
});
