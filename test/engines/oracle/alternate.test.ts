import { describe, expect, it } from "vitest";
import { type Known, server } from "./server.js";

const password = "N3w-Password";
const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const request = { pair, password, grants: "sync" } as const;
const marked: Known["roles"] = [["KEYTURN_APP", "default"]];
const ready = 'ALTER USER "APP_CLONE" IDENTIFIED BY "N3w-Password" ACCOUNT UNLOCK';

/**
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-USER.html,
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-ROLE.html,
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html (on_object_clause, WITH … OPTION),
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-USER.html (proxy_clause, DEFAULT ROLE, QUOTA)
 */
const base: Known = {
  profile: "APPS",
  tablespace: "DATA",
  quotas: [
    ["DATA", -1],
    ["MORE", 1_048_576],
  ],
  roles: [
    ["CONNECT", "default"],
    ["it's", "admin"],
    ["READER", "delegate"],
  ],
  system: [["CREATE SESSION"], ["CREATE VIEW", "admin"]],
  tables: [
    ["HR", "Emp's", "TABLE", "SELECT", "hierarchy", "grant"],
    ["HR", "PAY", "PACKAGE", "EXECUTE"],
    ["SYS", "OUT", "DIRECTORY", "READ"],
    ["SYS", "E1", "EDITION", "USE"],
    ["SYS", "HR", "USER", "INHERIT PRIVILEGES", "grant"],
    ["HR", "M", "MINING MODEL", "SELECT"],
    ["HR", "P", "SQL TRANSLATION PROFILE", "USE"],
  ],
  columns: [["HR", "EMP", "PAY", "UPDATE"]],
  proxies: [
    ["GATE", "APP", "PROXY MAY ACTIVATE ALL CLIENT ROLES"],
    ["GATE2", "APP", "PROXY MAY ACTIVATE ROLE", "A", "YES"],
    ["GATE2", "APP", "PROXY MAY ACTIVATE ROLE", "B", "YES"],
    ["GATE3", "APP", "PROXY MAY NOT ACTIVATE ROLE", "A"],
    ["APP", "OTHER", "NO CLIENT ROLES MAY BE ACTIVATED"],
  ],
};

const rights = [
  ['PROFILE "APPS"', 'ALTER USER "APP_CLONE" PROFILE "APPS"'],
  ['DEFAULT TABLESPACE "DATA"', 'ALTER USER "APP_CLONE" DEFAULT TABLESPACE "DATA"'],
  ['QUOTA UNLIMITED ON "DATA"', 'ALTER USER "APP_CLONE" QUOTA UNLIMITED ON "DATA"'],
  ['QUOTA 1048576 ON "MORE"', 'ALTER USER "APP_CLONE" QUOTA 1048576 ON "MORE"'],
  ['"CONNECT"', 'GRANT "CONNECT" TO "APP_CLONE"'],
  ['"it\'s" WITH ADMIN OPTION', 'GRANT "it\'s" TO "APP_CLONE" WITH ADMIN OPTION'],
  ['"READER" WITH DELEGATE OPTION', 'GRANT "READER" TO "APP_CLONE" WITH DELEGATE OPTION'],
  ['DEFAULT ROLE "CONNECT"', 'ALTER USER "APP_CLONE" DEFAULT ROLE "CONNECT"'],
  ["CREATE SESSION", 'GRANT CREATE SESSION TO "APP_CLONE"'],
  ["CREATE VIEW WITH ADMIN OPTION", 'GRANT CREATE VIEW TO "APP_CLONE" WITH ADMIN OPTION'],
  [
    'SELECT ON "HR"."Emp\'s" WITH HIERARCHY OPTION WITH GRANT OPTION',
    'GRANT SELECT ON "HR"."Emp\'s" TO "APP_CLONE" WITH HIERARCHY OPTION WITH GRANT OPTION',
  ],
  ['EXECUTE ON "HR"."PAY"', 'GRANT EXECUTE ON "HR"."PAY" TO "APP_CLONE"'],
  ['READ ON DIRECTORY "OUT"', 'GRANT READ ON DIRECTORY "OUT" TO "APP_CLONE"'],
  ['USE ON EDITION "E1"', 'GRANT USE ON EDITION "E1" TO "APP_CLONE"'],
  [
    'INHERIT PRIVILEGES ON USER "HR" WITH GRANT OPTION',
    'GRANT INHERIT PRIVILEGES ON USER "HR" TO "APP_CLONE" WITH GRANT OPTION',
  ],
  ['SELECT ON MINING MODEL "HR"."M"', 'GRANT SELECT ON MINING MODEL "HR"."M" TO "APP_CLONE"'],
  ['USE ON SQL TRANSLATION PROFILE "HR"."P"', 'GRANT USE ON SQL TRANSLATION PROFILE "HR"."P" TO "APP_CLONE"'],
  ['UPDATE ("PAY") ON "HR"."EMP"', 'GRANT UPDATE ("PAY") ON "HR"."EMP" TO "APP_CLONE"'],
  ['CONNECT THROUGH "GATE" FOR "APP_CLONE"', 'ALTER USER "APP_CLONE" GRANT CONNECT THROUGH "GATE"'],
  [
    'CONNECT THROUGH "GATE2" WITH ROLE "A", "B" AUTHENTICATION REQUIRED FOR "APP_CLONE"',
    'ALTER USER "APP_CLONE" GRANT CONNECT THROUGH "GATE2" WITH ROLE "A", "B" AUTHENTICATION REQUIRED',
  ],
  [
    'CONNECT THROUGH "GATE3" WITH ROLE ALL EXCEPT "A" FOR "APP_CLONE"',
    'ALTER USER "APP_CLONE" GRANT CONNECT THROUGH "GATE3" WITH ROLE ALL EXCEPT "A"',
  ],
  [
    'CONNECT THROUGH "APP_CLONE" WITH NO ROLES FOR "OTHER"',
    'ALTER USER "OTHER" GRANT CONNECT THROUGH "APP_CLONE" WITH NO ROLES',
  ],
] as const;

describe("a new clone", () => {
  it("is made locked, marked, given what the base has, and let in last", async () => {
    const { session, changes } = server({ users: { APP: base } });
    expect(await session.alternate(request)).toEqual({
      created: true,
      granted: rights.map(([text]) => text),
      // Those of every new user.
      revoked: ['PROFILE "DEFAULT"', 'DEFAULT TABLESPACE "USERS"', "DEFAULT ROLE ALL"],
      sentAs: "clear text",
    });
    expect(changes).toEqual([
      'CREATE ROLE "KEYTURN_APP"',
      'GRANT "KEYTURN_APP" TO "APP"',
      expect.stringMatching(/^CREATE USER "APP_CLONE" IDENTIFIED BY "Aa1-[A-Za-z0-9_-]{26}" ACCOUNT LOCK$/),
      'GRANT "KEYTURN_APP" TO "APP_CLONE"',
      ...rights.map(([, statement]) => statement),
      ready,
    ]);
  });

  it("is called as the secret writes names, and keeps a hostile one a name", async () => {
    const name = "it's; DROP USER X --";
    const { session, changes } = server({ users: { [name]: {} } });
    const hostile = { base: `"${name}"`, clone: `"${name}_clone"`, next: `"${name}_clone"` };
    await session.alternate({ ...request, pair: hostile });
    expect(changes.map((sql) => sql.replace(/"Aa1-.*?"/, '"…"'))).toEqual([
      `CREATE ROLE "KEYTURN_${name}"`,
      `GRANT "KEYTURN_${name}" TO "${name}"`,
      `CREATE USER "${name}_clone" IDENTIFIED BY "…" ACCOUNT LOCK`,
      `GRANT "KEYTURN_${name}" TO "${name}_clone"`,
      `ALTER USER "${name}_clone" IDENTIFIED BY "N3w-Password" ACCOUNT UNLOCK`,
    ]);
  });

  it("gets privileges on schemas, which are of 23ai", async () => {
    const users = { APP: { schema: [["SELECT ANY TABLE", "HR"]] } as Known };
    const of23 = server({ version: "23.4.0.24.5", users });
    expect(await of23.session.alternate(request)).toMatchObject({ granted: ['SELECT ANY TABLE ON SCHEMA "HR"'] });
    expect(of23.changes).toContain('GRANT SELECT ANY TABLE ON SCHEMA "HR" TO "APP_CLONE"');
    const of19 = server({ users });
    await of19.session.alternate(request);
    expect(of19.queries.join()).not.toContain("DBA_SCHEMA_PRIVS");
  });

  it("is taken up where its making was cut off before it was marked", async () => {
    const { session, changes } = server({
      users: { APP: { roles: marked } as Known, APP_CLONE: { status: "LOCKED" } },
      roles: ["KEYTURN_APP"],
    });
    expect(await session.alternate(request)).toMatchObject({ created: false });
    expect(changes).toEqual(['GRANT "KEYTURN_APP" TO "APP_CLONE"', ready]);
  });

  it("lets nobody in when anything could not be given", async () => {
    const { session, changes } = server({
      users: { APP: base },
      refuse: (sql) =>
        sql.startsWith("GRANT EXECUTE") && Object.assign(new Error("ORA-04063: has errors"), { errorNum: 4063 }),
    });
    await expect(session.alternate(request)).rejects.toThrow("ORA-04063");
    expect(changes.filter((sql) => /UNLOCK|N3w-Password/.test(sql))).toEqual([]);
  });

  it("gets no privilege whose name could be anything else", async () => {
    const { session } = server({ users: { APP: { system: [["CREATE SESSION TO PUBLIC --"]] } } });
    await expect(session.alternate(request)).rejects.toThrow(/calls a privilege/);
  });
});

describe("a clone that is there", () => {
  it("is let in anew, and nothing else, when it has what the base has", async () => {
    const users = {
      APP: { ...base, roles: [...(marked ?? []), ...(base.roles ?? [])] } as Known,
      APP_CLONE: {
        ...base,
        roles: [...(marked ?? []), ...(base.roles ?? [])],
        proxies: base.proxies?.map(([proxy, client, ...rest]) => [
          proxy === "APP" ? "APP_CLONE" : proxy,
          client === "APP" ? "APP_CLONE" : client,
          ...rest,
        ]),
      } as Known,
    };
    const { session, changes } = server({ users, roles: ["KEYTURN_APP"] });
    const report = { created: false, granted: [], revoked: [], sentAs: "clear text" };
    expect(await session.alternate(request)).toEqual(report);
    expect(await session.alternate(request)).toEqual(report);
    expect(changes).toEqual([ready, ready]);
  });

  /** REVOKE: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/REVOKE.html */
  it("loses what the base has not, and gets again what went with it", async () => {
    const { session, changes } = server({
      roles: ["KEYTURN_APP"],
      users: {
        APP: {
          roles: [...(marked ?? []), ["READER", "default"]],
          system: [["CREATE SESSION"]],
          tables: [["HR", "EMP", "TABLE", "SELECT"]],
          columns: [["HR", "EMP", "NAME", "UPDATE"]],
        },
        APP_CLONE: {
          profile: "OTHERS",
          quotas: [["USERS", -1]],
          roles: [...(marked ?? []), ["READER", "admin", "default"], ["WRITER", "default"]],
          system: [["CREATE SESSION"], ["CREATE TABLE"]],
          tables: [
            ["HR", "EMP", "TABLE", "SELECT", "grant"],
            ["SYS", "OUT", "DIRECTORY", "WRITE"],
          ],
          columns: [
            ["HR", "EMP", "NAME", "UPDATE"],
            ["HR", "EMP", "PAY", "UPDATE"],
          ],
          proxies: [["GATE", "APP_CLONE", "PROXY MAY ACTIVATE ALL CLIENT ROLES"]],
        },
      },
    });
    expect(await session.alternate(request)).toMatchObject({
      granted: ['PROFILE "DEFAULT"', '"READER"', 'SELECT ON "HR"."EMP"'],
      revoked: [
        'PROFILE "OTHERS"',
        'QUOTA UNLIMITED ON "USERS"',
        '"READER" WITH ADMIN OPTION',
        '"WRITER"',
        "CREATE TABLE",
        'SELECT ON "HR"."EMP" WITH GRANT OPTION',
        'WRITE ON DIRECTORY "OUT"',
        'UPDATE ("PAY") ON "HR"."EMP"',
        'CONNECT THROUGH "GATE" FOR "APP_CLONE"',
      ],
    });
    expect(changes).toEqual([
      'ALTER USER "APP_CLONE" ACCOUNT LOCK',
      'ALTER USER "APP_CLONE" QUOTA 0 ON "USERS"',
      'REVOKE "READER" FROM "APP_CLONE"',
      'REVOKE "WRITER" FROM "APP_CLONE"',
      'REVOKE CREATE TABLE FROM "APP_CLONE"',
      'REVOKE SELECT ON "HR"."EMP" FROM "APP_CLONE"',
      'REVOKE WRITE ON DIRECTORY "OUT" FROM "APP_CLONE"',
      'REVOKE UPDATE ON "HR"."EMP" FROM "APP_CLONE"',
      'ALTER USER "APP_CLONE" REVOKE CONNECT THROUGH "GATE"',
      'ALTER USER "APP_CLONE" PROFILE "DEFAULT"',
      'GRANT "READER" TO "APP_CLONE"',
      'ALTER USER "APP_CLONE" DEFAULT ROLE ALL',
      'GRANT SELECT ON "HR"."EMP" TO "APP_CLONE"',
      'GRANT UPDATE ("NAME") ON "HR"."EMP" TO "APP_CLONE"',
      ready,
    ]);
  });

  it("has no default role where the base has none", async () => {
    const { session, changes } = server({
      roles: ["KEYTURN_APP"],
      users: {
        APP: { roles: [...(marked ?? []), ["READER"]] },
        APP_CLONE: { roles: [...(marked ?? []), ["READER", "default"]] },
      },
    });
    await session.alternate(request);
    expect(changes).toEqual(['ALTER USER "APP_CLONE" DEFAULT ROLE NONE', ready]);
  });

  it("keeps its grants when that is asked for, as the base does always", async () => {
    const users = {
      APP: { objects: ["T"], roles: [["READER"], ...(marked ?? [])] } as Known,
      APP_CLONE: { roles: marked } as Known,
    };
    const { session, changes } = server({ users });
    expect(await session.alternate({ ...request, grants: "keep" })).toMatchObject({ created: false, granted: [] });
    await session.alternate({ ...request, pair: { ...pair, next: "app" } });
    expect(changes).toEqual([ready, 'ALTER USER "APP" IDENTIFIED BY "N3w-Password" ACCOUNT UNLOCK']);
  });

  it("has no older password that is valid too", async () => {
    const { session, changes } = server({
      rollover: "1",
      users: { APP: { roles: marked } as Known, APP_CLONE: { roles: marked } as Known },
    });
    await session.alternate({ ...request, grants: "keep" });
    expect(changes).toEqual([`${ready} EXPIRE PASSWORD ROLLOVER PERIOD`]);
  });
});

describe("what is refused before anything is changed", () => {
  const ambiguous = { base: "app_clone", clone: "app_clone_clone", next: "app_clone_clone" };
  it.each<[string, Record<string, Known>, Partial<typeof request>, string, string]>([
    ["a base that is not there", {}, {}, "InvalidSecretError", "UnknownUser"],
    ["a base with objects of its own", { APP: { objects: ["T"] } }, {}, "UnsupportedError", "BaseOwnsObjects"],
    ["a user of Oracle's", { APP: { maintained: "Y" } }, {}, "UnsupportedError", "AdministrativeUser"],
    ["a user with SYSDBA", { APP: { sysdba: true } }, {}, "UnsupportedError", "AdministrativeUser"],
    ["a user of all containers", { APP: { common: "YES" } }, {}, "UnsupportedError", "CommonUser"],
    ["a clone that does not say so", { APP: {}, APP_CLONE: {} }, {}, "ConflictError", "CloneNameTaken"],
    [
      "a locked one that somebody has used",
      { APP: {}, APP_CLONE: { status: "LOCKED", used: "YES" } },
      {},
      "ConflictError",
      "CloneNameTaken",
    ],
    [
      "a locked one that may do something",
      { APP: {}, APP_CLONE: { status: "LOCKED", roles: [["CONNECT"]] } },
      {},
      "ConflictError",
      "CloneNameTaken",
    ],
    [
      "a clone of another",
      { APP: {}, APP_CLONE: { roles: [["KEYTURN_OTHER"]] } },
      {},
      "ConflictError",
      "CloneNameTaken",
    ],
    [
      "a clone to be kept that is not there",
      { APP: {} },
      { grants: "keep" as never },
      "InvalidSecretError",
      "CloneMissing",
    ],
    [
      "a base that may itself be a clone",
      { APP: {}, APP_CLONE: {} },
      { pair: ambiguous } as never,
      "ConflictError",
      "AmbiguousPair",
    ],
    [
      "a name that is too long",
      { APP: {} },
      { pair: { ...pair, base: "a".repeat(121), clone: `${"a".repeat(121)}_clone` } } as never,
      "UnsupportedError",
      "UsernameTooLong",
    ],
    [
      "a password that cannot be written",
      { APP: {} },
      { password: 'a"b' as never },
      "InvalidSecretError",
      "PasswordUnusable",
    ],
  ])("%s", async (_, users, changed, name, code) => {
    const { session, changes } = server({ users });
    await expect(session.alternate({ ...request, ...changed })).rejects.toMatchObject({ name, code });
    expect(changes).toEqual([]);
  });

  it("says how to make AWS's clone one of ours", async () => {
    const statement = 'CREATE ROLE "KEYTURN_APP"; GRANT "KEYTURN_APP" TO "APP", "APP_CLONE";';
    const users = { APP: {}, APP_CLONE: {} };
    for (const asked of [pair, ambiguous]) {
      const thrown = server({ users }).session.alternate({ ...request, pair: asked });
      await expect(thrown).rejects.toMatchObject({ message: expect.stringContaining(statement) });
    }
  });
});

/** https://docs.oracle.com/error-help/db/ora-01031/ and the others */
describe("an admin without the rights", () => {
  it.each([
    [942, "FROM SYS.DBA_USERS"],
    [1031, "CREATE USER"],
    [1031, "CREATE ROLE"],
    [1932, 'GRANT "CONNECT"'],
    [1720, "GRANT SELECT"],
    [41900, "ALTER USER"],
  ])("is told the statements that a person must run (ORA-%i at %s)", async (errorNum, at) => {
    const { session } = server({
      users: { APP: base },
      refuse: (sql) => sql.includes(at) && Object.assign(new Error(`at ${password}`), { errorNum }),
    });
    const error = await session.alternate(request).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "AccessDeniedError", code: "AdminLacksRight" });
    expect(error.message).toContain('GRANT CREATE USER, ALTER USER, CREATE ROLE TO "KEYTURN";');
    expect(error.message).toContain('GRANT SELECT_CATALOG_ROLE TO "KEYTURN";');
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(password);
  });

  it("is not what any other error is taken for", async () => {
    const { session } = server({
      users: { APP: base },
      refuse: (sql) => sql.includes("CREATE USER") && new Error("x"),
    });
    await expect(session.alternate(request)).rejects.toThrow(/^x$/);
  });
});
