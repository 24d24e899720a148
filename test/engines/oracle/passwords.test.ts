import { describe, expect, it } from "vitest";
import { server } from "./server.js";

const password = "N3w-Password";
const unknown = '"Aa1-[A-Za-z0-9_-]{26}"';

/**
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-USER.html;
 * one's own by https://node-oracledb.readthedocs.io/en/latest/api_manual/connection.html#connection.changePassword
 */
describe("one password", () => {
  it("changes its own by the protocol, from the one it has, twice", async () => {
    const { session, changes } = server({ login: "app" });
    expect(await session.changeOwnPassword({ password })).toEqual({ sentAs: "masked" });
    expect(await session.changeOwnPassword({ password })).toEqual({ sentAs: "masked" });
    await session.changeOwnPassword({ password: "Th1rd-Password" });
    expect(changes).toEqual([
      "changePassword(app, 0ld-Password, N3w-Password)",
      "changePassword(app, N3w-Password, Th1rd-Password)",
    ]);
  });

  it.each([
    ["app", "APP"],
    ['"App"', "App"],
    [`"it's; DROP USER X --"`, "it's; DROP USER X --"],
  ])("changes that of %s as an admin", async (username, name) => {
    const { session, changes } = server({ users: { [name]: {} } });
    expect(await session.setPassword({ username, password: "it's:b1 & \\ --" })).toEqual({ sentAs: "clear text" });
    expect(changes).toEqual([`ALTER USER "${name}" IDENTIFIED BY "it's:b1 & \\ --"`]);
  });

  it("leaves no other valid beside it where the profile would", async () => {
    const own = server({ login: "app", rollover: "1" });
    await own.session.changeOwnPassword({ password });
    expect(own.changes).toEqual([
      "changePassword(app, 0ld-Password, N3w-Password)",
      'ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD',
    ]);
    const other = server({ users: { APP: {} }, rollover: "1" });
    await other.session.setPassword({ username: "app", password });
    expect(other.changes).toEqual(['ALTER USER "APP" IDENTIFIED BY "N3w-Password" EXPIRE PASSWORD ROLLOVER PERIOD']);
  });

  it.each(['x" ACCOUNT UNLOCK --', "x\0y"])("refuses the password %j before anything is changed", async (hostile) => {
    const { session, changes } = server({ login: "app", users: { OTHER: {} }, rollover: "1" });
    const request = { username: "other", current: password, password: hostile };
    for (const work of [
      () => session.changeOwnPassword(request),
      () => session.setPassword(request),
      () => session.addPassword?.(request),
      () => session.retire({ username: "other", keep: { password: hostile, newest: false } }),
    ]) {
      await expect(work()).rejects.toMatchObject({ name: "InvalidSecretError", code: "PasswordUnusable" });
    }
    expect(changes).toEqual([]);
  });

  it("is changed of no user of all containers by an admin", async () => {
    const { session, changes } = server({ users: { "C##APP": { common: "YES" } }, rollover: "1" });
    const refused = { name: "UnsupportedError", code: "CommonUser", message: expect.stringContaining("C##APP") };
    const request = { username: "c##app", current: password, password };
    await expect(session.setPassword(request)).rejects.toMatchObject(refused);
    await expect(session.addPassword?.(request)).rejects.toMatchObject(refused);
    await expect(session.rehearse?.({ kind: "password", ...request })).rejects.toMatchObject(refused);
    expect(changes).toEqual([]);
  });

  it("says that a user does not exist", async () => {
    const { session, changes } = server();
    await expect(session.setPassword({ username: "app", password })).rejects.toMatchObject({ code: "UnknownUser" });
    const keep = { password, newest: true };
    await expect(session.retire({ username: "app", keep })).rejects.toMatchObject({ code: "UnknownUser" });
    expect(changes).toEqual([]);
  });
});

/**
 * "Managing Gradual Database Password Rollover for Applications":
 * https://docs.oracle.com/en/database/oracle/oracle-database/21/dbseg/configuring-authentication.html
 */
describe("two passwords", () => {
  const request = { username: "app", current: "0ld-Password", password };

  it("adds one to its own, and to another's as an admin", async () => {
    const own = server({ login: "app", rollover: "1" });
    expect(await own.session.addPassword?.(request)).toEqual({ sentAs: "masked" });
    expect(own.changes).toEqual(["changePassword(app, 0ld-Password, N3w-Password)"]);
    const other = server({ users: { APP: {} }, rollover: ".0417" });
    expect(await other.session.addPassword?.(request)).toEqual({ sentAs: "clear text" });
    expect(other.changes).toEqual(['ALTER USER "APP" IDENTIFIED BY "N3w-Password"']);
  });

  it("makes the current one the only one first when there are two: a change keeps the first and the newest", async () => {
    const own = server({ login: "app", rollover: "1", users: { APP: { status: "OPEN & IN ROLLOVER" } } });
    await own.session.addPassword?.(request);
    expect(own.changes).toEqual([
      "changePassword(app, 0ld-Password, 0ld-Password)",
      'ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD',
      "changePassword(app, 0ld-Password, N3w-Password)",
    ]);
    const other = server({ rollover: "1", users: { APP: { status: "OPEN & IN ROLLOVER" } } });
    await other.session.addPassword?.(request);
    expect(other.changes).toEqual([
      'ALTER USER "APP" IDENTIFIED BY "0ld-Password" EXPIRE PASSWORD ROLLOVER PERIOD',
      'ALTER USER "APP" IDENTIFIED BY "N3w-Password"',
    ]);
  });

  it.each([28003, 28007])("says what to do when a policy (ORA-%i) is in the way of that", async (errorNum) => {
    const { session, changes } = server({
      rollover: "1",
      users: { APP: { status: "OPEN & IN ROLLOVER" } },
      refuse: (sql) => sql.includes("IDENTIFIED") && Object.assign(new Error("refused"), { errorNum }),
    });
    await expect(session.addPassword?.(request)).rejects.toMatchObject({
      name: "ConflictError",
      code: "InRollover",
      message: expect.stringContaining('ALTER USER "APP" IDENTIFIED BY … EXPIRE PASSWORD ROLLOVER PERIOD;'),
    });
    expect(changes).toEqual([]);
  });

  it.each([
    ["has none", "0"],
    ["is older than 19.12", null],
    ["says nothing that is a time", "DEFAULT"],
  ])("changes nothing where the server %s", async (_, rollover) => {
    const other = server({ rollover, users: { APP: { profile: "APPS" } } });
    await expect(other.session.addPassword?.(request)).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "NoRolloverTime",
      message: expect.stringContaining('ALTER PROFILE "APPS" LIMIT PASSWORD_ROLLOVER_TIME 1;'),
    });
    const own = server({ login: "app", rollover });
    await expect(own.session.addPassword?.(request)).rejects.toMatchObject({ code: "NoRolloverTime" });
    expect([...other.changes, ...own.changes]).toEqual([]);
  });

  it("retires the older, twice", async () => {
    const { session, changes } = server({ rollover: "1", users: { APP: { status: "OPEN & IN ROLLOVER" } } });
    const keep = { password, newest: true };
    await session.retire({ username: "app", keep });
    await session.retire({ username: "app", keep });
    expect(changes).toEqual(['ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD']);
  });

  it("retires the newer by setting the older again", async () => {
    const keep = { password: "0ld-Password", newest: false };
    const other = server({ rollover: "1", users: { APP: { status: "OPEN & IN ROLLOVER" } } });
    await other.session.retire({ username: "app", keep });
    expect(other.changes).toEqual(['ALTER USER "APP" IDENTIFIED BY "0ld-Password" EXPIRE PASSWORD ROLLOVER PERIOD']);
    const own = server({ login: "app", rollover: "1", users: { APP: { status: "OPEN & IN ROLLOVER" } } });
    await own.session.retire({ username: "app", keep });
    await own.session.retire({ username: "app", keep });
    expect(own.changes).toEqual([
      "changePassword(app, 0ld-Password, 0ld-Password)",
      'ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD',
    ]);
  });
});

describe("a retired login of a pair", () => {
  const pair = { base: "app", clone: "app_clone", next: "app_clone" };
  const users = { APP: { roles: [["KEYTURN_APP"]] }, APP_CLONE: { roles: [["KEYTURN_APP", "default"]] } } as const;
  const locked = (name: string) =>
    expect.stringMatching(new RegExp(`^ALTER USER "${name}" IDENTIFIED BY ${unknown} ACCOUNT LOCK$`));

  it("has a password that nobody knows, and is locked, twice", async () => {
    const { session, changes } = server({ users, roles: ["KEYTURN_APP"] });
    await session.retire({ pair });
    await session.retire({ pair });
    expect(changes).toEqual([locked("APP_CLONE"), locked("APP_CLONE")]);
    expect(changes[0]).not.toBe(changes[1]);
  });

  it("carries a mark where it is the base, which it loses when it is let in again", async () => {
    const { session, changes } = server({ users, roles: ["KEYTURN_APP"] });
    const back = { ...pair, next: "app" };
    await session.retire({ pair: back });
    await session.retire({ pair: back });
    expect(changes.splice(0)).toEqual([
      'CREATE ROLE "KEYTURN_OFF_APP"',
      'GRANT "KEYTURN_OFF_APP" TO "APP"',
      locked("APP"),
      locked("APP"),
    ]);
    await session.alternate({ pair: back, password, grants: "sync" });
    expect(changes).toEqual([
      'ALTER USER "APP" IDENTIFIED BY "N3w-Password" ACCOUNT UNLOCK',
      'REVOKE "KEYTURN_OFF_APP" FROM "APP"',
    ]);
  });

  it("has no older password either", async () => {
    const { session, changes } = server({ users, rollover: "1" });
    await session.retire({ pair });
    expect(changes).toEqual([
      expect.stringMatching(/^ALTER USER "APP_CLONE" .* ACCOUNT LOCK EXPIRE PASSWORD ROLLOVER PERIOD$/),
    ]);
  });
});

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/GV-Views.html: of all instances of a cluster */
describe("sessions", () => {
  it("are counted by the dictionary's name, the asking one not", async () => {
    const { session, queries } = server({ sessions: { APP: 3, app: 1 } });
    expect([await session.sessionsOf?.("app"), await session.sessionsOf?.('"app"')]).toEqual([3, 1]);
    expect(queries[0]).toBe(
      'SELECT COUNT(*) AS "sessions" FROM SYS.GV_$SESSION WHERE USERNAME = :name ' +
        "AND NOT (INST_ID = SYS_CONTEXT('USERENV', 'INSTANCE') AND SID = SYS_CONTEXT('USERENV', 'SID'))",
    );
  });

  it("are refused to who may not see them", async () => {
    const { session } = server({
      refuse: (sql) => sql.includes("GV_$SESSION") && Object.assign(new Error(), { errorNum: 942 }),
    });
    await expect(session.sessionsOf?.("app")).rejects.toMatchObject({ errorNum: 942 });
  });
});
