import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openWire } from "../../../src/engines/oracle/connect.js";
import { server } from "./server.js";

const { getConnection, connection } = vi.hoisted(() => {
  // Other files in this process may have loaded what is mocked here.
  vi.resetModules();
  const connection = {
    callTimeout: 0,
    oracleServerVersionString: "19.12.0.0.0",
    execute: vi.fn(),
    changePassword: vi.fn(async () => undefined),
    close: vi.fn(async () => undefined),
  };
  return { connection, getConnection: vi.fn(async () => connection) };
});
vi.mock("oracledb", () => ({ default: { getConnection, OUT_FORMAT_OBJECT: 4002 } }));

const request = {
  target: { host: "db", port: 1521, database: "shop", tls: false },
  credential: { username: "app", password: "0ld-Password" },
  connectTimeoutMs: 1_000,
  statementTimeoutMs: 2_000,
};

afterAll(() => {
  vi.doUnmock("oracledb");
  vi.resetModules();
});

beforeEach(() => {
  vi.clearAllMocks();
  connection.execute.mockResolvedValue({ rows: [{ user: "APP", role: "PRIMARY" }] });
});

/** https://node-oracledb.readthedocs.io/en/latest/api_manual/connection.html */
describe("what the driver is asked for", () => {
  it("logs in, limits every statement, and asks who and what it is", async () => {
    const wire = await openWire(request);
    expect(getConnection).toHaveBeenCalledExactlyOnceWith({
      user: "app",
      password: "0ld-Password",
      connectString: expect.stringContaining("(SERVICE_NAME=shop)"),
    });
    expect(connection.callTimeout).toBe(2_000);
    expect(connection.execute.mock.calls).toEqual([
      [
        "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS \"user\", SYS_CONTEXT('USERENV', 'DATABASE_ROLE') AS \"role\" FROM SYS.DUAL",
        {},
        { outFormat: 4002, autoCommit: false, maxRows: 0 },
      ],
    ]);
    expect(wire).toMatchObject({ account: { user: "APP" }, serverVersion: "19.12.0.0.0" });
  });

  it("gives values as binds, commits nothing, and changes a password by the protocol", async () => {
    const wire = await openWire(request);
    await wire.query("SELECT 1 FROM DBA_ROLES WHERE ROLE = :role", { role: "it's" });
    await wire.execute("INSERT INTO T VALUES (1)");
    await wire.changePassword("app", "0ld-Password", "N3w-Password");
    await wire.close();
    expect(connection.execute.mock.calls.slice(1)).toEqual([
      ["SELECT 1 FROM DBA_ROLES WHERE ROLE = :role", { role: "it's" }, expect.objectContaining({ autoCommit: false })],
      ["INSERT INTO T VALUES (1)", {}, { outFormat: 4002, autoCommit: false, maxRows: 1 }],
    ]);
    expect(connection.changePassword).toHaveBeenCalledExactlyOnceWith("app", "0ld-Password", "N3w-Password");
    expect(connection.close).toHaveBeenCalledOnce();
  });

  it.each(["PHYSICAL STANDBY", "SNAPSHOT STANDBY", "LOGICAL STANDBY"])("refuses a %s, and hangs up", async (role) => {
    connection.execute.mockResolvedValue({ rows: [{ user: "APP", role }] });
    await expect(openWire(request)).rejects.toMatchObject({ name: "UnsupportedError", code: "ReaderEndpoint" });
    expect(connection.close).toHaveBeenCalledOnce();
  });

  it("tries no SID after a login that was refused", async () => {
    getConnection.mockRejectedValueOnce(
      Object.assign(new Error("ORA-01017: x"), { code: "ORA-01017", errorNum: 1017 }),
    );
    await expect(openWire(request)).rejects.toThrow("ORA-01017");
    expect(getConnection).toHaveBeenCalledOnce();
  });
});

/** The views are each at https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/<VIEW>.html */
describe("what the dictionary is asked for", () => {
  it.each([
    [
      "DBA_TS_QUOTAS",
      'SELECT TABLESPACE_NAME AS "tablespace", MAX_BYTES AS "bytes" FROM SYS.DBA_TS_QUOTAS WHERE USERNAME = :name AND MAX_BYTES <> 0 ' +
        "AND DROPPED = 'NO' ORDER BY TABLESPACE_NAME",
    ],
    [
      "DBA_ROLE_PRIVS WHERE GRANTEE = :name ORDER",
      'SELECT GRANTED_ROLE AS "role", ADMIN_OPTION AS "admin", DELEGATE_OPTION AS "delegate", DEFAULT_ROLE AS "isDefault" ' +
        "FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :name ORDER BY GRANTED_ROLE",
    ],
    [
      "DBA_SYS_PRIVS WHERE GRANTEE = :name ORDER",
      'SELECT PRIVILEGE AS "privilege", ADMIN_OPTION AS "admin" FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :name ORDER BY PRIVILEGE',
    ],
    [
      "DBA_TAB_PRIVS",
      'SELECT OWNER AS "owner", TABLE_NAME AS "object", TYPE AS "type", PRIVILEGE AS "privilege", ' +
        'MAX(GRANTABLE) AS "grantable", MAX(HIERARCHY) AS "hierarchy" FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :name ' +
        "AND TABLE_NAME NOT LIKE 'BIN$%' GROUP BY OWNER, TABLE_NAME, TYPE, PRIVILEGE ORDER BY OWNER, TABLE_NAME, PRIVILEGE",
    ],
    [
      "DBA_PROXIES",
      'SELECT PROXY AS "proxy", CLIENT AS "client", AUTHENTICATION AS "authentication", ' +
        'AUTHORIZATION_CONSTRAINT AS "authority", ROLE AS "role" FROM SYS.DBA_PROXIES ' +
        "WHERE (PROXY = :name OR CLIENT = :name) AND PROXY_AUTHORITY = 'DATABASE' ORDER BY PROXY, CLIENT, ROLE",
    ],
    [
      "DBA_PROFILES",
      'SELECT U.ACCOUNT_STATUS AS "status", U.PROFILE AS "profile", ' +
        "DECODE(P.LIMIT, 'DEFAULT', D.LIMIT, P.LIMIT) AS \"limit\" FROM SYS.DBA_USERS U " +
        "LEFT JOIN SYS.DBA_PROFILES P ON P.PROFILE = U.PROFILE AND P.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' " +
        "LEFT JOIN SYS.DBA_PROFILES D ON D.PROFILE = 'DEFAULT' AND D.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' " +
        "WHERE U.USERNAME = :name",
    ],
  ])("%s", async (view, sql) => {
    const { session, queries } = server({ users: { APP: {} } });
    const pair = { base: "app", clone: "app_clone", next: "app_clone" };
    await session.alternate({ pair, password: "N3w-Password", grants: "sync" });
    expect(queries.filter((query) => query.includes(`SYS.${view}`))[0]).toBe(sql);
  });
});
