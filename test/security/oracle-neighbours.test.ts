import { describe, expect, it } from "vitest";
import { type Known, type Played, server } from "../engines/oracle/server.js";

// Who owns a table, or may hand a role on, stops the rotation of somebody else's user by granting it something.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const request = { pair, password: "N3w-Password", grants: "sync" } as const;
const mark = ["KEYTURN_APP"] as const;
const ready = 'ALTER USER "APP_CLONE" IDENTIFIED BY "N3w-Password" ACCOUNT UNLOCK';
const ofHis: Known = {
  roles: [mark, ["HIS", "default"]],
  tables: [
    ["MALLORY", "T", "TABLE", "SELECT"],
    ["HR", "EMP", "TABLE", "SELECT"],
  ],
};
const turned: Known = { used: "YES", roles: [mark] };
const denies = (errorNum: number, ...of: RegExp[]): NonNullable<Played["refuse"]> => {
  return (sql) => of.some((one) => one.test(sql)) && Object.assign(new Error("no"), { errorNum });
};

/** ORA-01031, ORA-01932 (a role), and what else an owner may bring about: an object with errors, one in use. */
describe.each([1031, 1932, 4063, 4021])(
  "what an owner grants on Oracle, answered by ORA-%i when handed on",
  (error) => {
    const refuse = denies(error, /"HIS"/, /"MALLORY"/);

    it("is reported, and stops no clone that has had its turn", async () => {
      const { session, changes } = server({ users: { APP: ofHis, APP_CLONE: turned }, refuse });
      const report = await session.alternate(request);
      expect(report.granted).toContain('SELECT ON "HR"."EMP"');
      expect(report.left).toEqual(['"HIS"', 'SELECT ON "MALLORY"."T"']);
      expect(changes).toContain('GRANT SELECT ON "HR"."EMP" TO "APP_CLONE"');
      expect(changes.at(-1)).toBe(ready);
    });

    it("is reported where the clone was given it and the admin cannot take it", async () => {
      const users = { APP: { roles: [mark] } as Known, APP_CLONE: { ...ofHis, used: "YES" } as Known };
      const { session, changes } = server({ users, refuse });
      const report = await session.alternate(request);
      expect(report).toMatchObject({
        revoked: ['SELECT ON "HR"."EMP"'],
        left: ['"HIS"', 'SELECT ON "MALLORY"."T"'],
      });
      expect(changes.at(-1)).toBe(ready);
    });

    it("leaves the other default roles what they are", async () => {
      const roles: Known["roles"] = [mark, ["HIS", "default"], ["OTHERS"], ["READER", "default"]];
      const has: Known["roles"] = [mark, ["OTHERS", "default"], ["READER", "default"]];
      const users = { APP: { roles }, APP_CLONE: { ...turned, roles: has } };
      const { session, changes } = server({ users, refuse });
      expect((await session.alternate(request)).left).toEqual(['"HIS"']);
      expect(changes).toEqual(['ALTER USER "APP_CLONE" DEFAULT ROLE "READER"', ready]);
    });

    it("lets in no new clone that lacks it, nor one whose making was cut off", async () => {
      for (const clone of [{}, { APP_CLONE: { roles: [mark], status: "LOCKED" } as Known }]) {
        const { session, changes } = server({ users: { APP: ofHis, ...clone }, refuse });
        await expect(session.alternate(request)).rejects.toBeDefined();
        expect(changes.join()).not.toContain("UNLOCK");
      }
    });
  },
);

describe("what the clone had at its last turn on Oracle", () => {
  it("ends the rotation where it went with what was taken and is not given again", async () => {
    const tables: Known["tables"] = [["HR", "EMP", "TABLE", "SELECT"]];
    const columns: Known["columns"] = [["HR", "EMP", "NAME", "UPDATE"]];
    const users = {
      APP: { roles: [mark], tables, columns } as Known,
      APP_CLONE: { ...turned, tables, columns: [...columns, ["HR", "EMP", "PAY", "UPDATE"]] } as Known,
    };
    const { session, changes } = server({ users, refuse: denies(1031, /^GRANT UPDATE/) });
    await expect(session.alternate(request)).rejects.toMatchObject({ code: "AdminLacksRight" });
    expect(changes.join()).not.toContain("UNLOCK");
  });

  it("is not what a lost connection is taken for", async () => {
    const refuse = (sql: string) =>
      /"HIS"/.test(sql) && Object.assign(new Error("NJS-500: closed"), { code: "NJS-500" });
    const { session } = server({ users: { APP: ofHis, APP_CLONE: turned }, refuse });
    await expect(session.alternate(request)).rejects.toThrow("NJS-500");
  });

  it("is what a dry run says, too: without what it may not hand on, as it is done", async () => {
    const privileges = ["ALTER USER", "CREATE USER", "CREATE ROLE"];
    const played = { privileges, notToHandOn: { DBA_TAB_PRIVS: ["SELECT ON MALLORY.T"] }, roles: ["KEYTURN_APP"] };
    const change = { kind: "pair", pair, grants: "sync" } as const;
    const known = server({ ...played, users: { APP: ofHis, APP_CLONE: turned } });
    expect(await known.session.rehearse?.(change)).toContain(
      "goes without what it may not hand on: SELECT ON MALLORY.T",
    );
    const fresh = server({ ...played, users: { APP: ofHis } });
    await expect(fresh.session.rehearse?.(change)).rejects.toMatchObject({ code: "AdminLacksRight" });
  });
});

/**
 * Who owns a schema puts a synonym in the place of a table, between the look at what the base has and the grant: the right is then
 * one on what the synonym stands for. https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html
 */
describe("an object that another takes the place of on Oracle", () => {
  const granted = 'GRANT SELECT ON "MALLORY"."Z" TO "APP_CLONE"';
  const base: Known = { roles: [mark], tables: [["MALLORY", "Z", "TABLE", "SELECT"]] };
  const exchanged = { [granted]: ["VICTIM", "SECRETS", "TABLE", "SELECT"] } as const;
  const lock = 'ALTER USER "APP_CLONE" ACCOUNT LOCK';

  it.each<[string, Record<string, Known>]>([
    ["that is there", { APP_CLONE: turned }],
    ["that had the other right once", { APP_CLONE: { ...turned, tables: [["VICTIM", "SECRETS", "TABLE", "SELECT"]] } }],
    ["that is new", {}],
  ])("gives nothing to a clone %s", async (_, clone) => {
    const { session, changes } = server({ users: { APP: base, ...clone }, exchanged });
    await expect(session.alternate(request)).rejects.toMatchObject({
      code: "ObjectExchanged",
      message: expect.stringContaining('SELECT ON "VICTIM"."SECRETS"'),
    });
    expect(changes.slice(changes.indexOf(granted))).toEqual([
      granted,
      'REVOKE SELECT ON "VICTIM"."SECRETS" FROM "APP_CLONE"',
    ]);
    const before = changes.slice(0, changes.indexOf(granted)).join();
    expect(before).toContain("APP_CLONE" in clone ? lock : "ACCOUNT LOCK");
    expect(changes.join()).not.toContain("UNLOCK");
  });

  it.each<[string, Known, Played["sessions"]]>([
    ["is in use", turned, { APP_CLONE: 2 }],
    ["has code of its own", { ...turned, code: ["READS_IT"] }, {}],
  ])("is granted to no clone that %s", async (_, clone, sessions = {}) => {
    const { session, changes } = server({ users: { APP: base, APP_CLONE: clone }, sessions });
    await expect(session.alternate(request)).rejects.toMatchObject({ name: "ConflictError", code: "CloneInUse" });
    expect(changes).toEqual([]);
    await expect(session.rehearse?.({ kind: "pair", pair, grants: "sync" })).rejects.toMatchObject({
      code: "CloneInUse",
    });
  });

  it.each([
    ["18.3.0.0.0", true],
    ["19.12.0.0.0", false],
  ])("is granted on %s after a look for jobs that are no objects: %s", async (version, looks) => {
    const { session, queries } = server({ version, users: { APP: base, APP_CLONE: turned } });
    await session.alternate(request);
    expect(queries.some((query) => query.includes("SYS.DBA_JOBS"))).toBe(looks);
  });

  it("is granted to no clone that somebody came in by just before", async () => {
    let asked = 0;
    const sessions = { APP_CLONE: () => asked++ };
    const { session, changes } = server({ users: { APP: base, APP_CLONE: turned }, sessions });
    await expect(session.alternate(request)).rejects.toMatchObject({ code: "CloneInUse" });
    expect(changes).toEqual([lock]);
  });

  it("has no right taken from the clone in the place of another", async () => {
    const orders: Known["tables"] = [["SHOP", "ORDERS", "TABLE", "SELECT"]];
    const takes = 'REVOKE SELECT ON "MALLORY"."Z" FROM "APP_CLONE"';
    const users = {
      APP: { roles: [mark], tables: orders } as Known,
      APP_CLONE: { ...turned, tables: [...orders, ["MALLORY", "Z", "TABLE", "SELECT"]] } as Known,
    };
    const { session, changes } = server({ users, alsoTakes: { [takes]: 'SELECT ON "SHOP"."ORDERS"' } });
    await expect(session.alternate(request)).rejects.toMatchObject({ name: "TransientError", code: "RightsMoved" });
    const roles = 'ALTER USER "APP_CLONE" DEFAULT ROLE ALL';
    expect(changes).toEqual([takes, roles]);
    // The next try finds it missing.
    await session.alternate(request);
    expect(changes.slice(2)).toEqual([lock, roles, 'GRANT SELECT ON "SHOP"."ORDERS" TO "APP_CLONE"', ready]);
  });

  it("is no right that several have granted", async () => {
    const tables: Known["tables"] = [
      ["SHOP", "ORDERS", "TABLE", "SELECT"],
      ["SHOP", "ORDERS", "TABLE", "SELECT", "grant"],
    ];
    const { session, changes } = server({ users: { APP: { roles: [mark], tables }, APP_CLONE: turned } });
    await session.alternate(request);
    expect(changes).toContain('GRANT SELECT ON "SHOP"."ORDERS" TO "APP_CLONE" WITH GRANT OPTION');
    expect(changes.at(-1)).toBe(ready);
    await session.alternate(request);
    expect(changes.slice(changes.indexOf(ready) + 1)).toEqual([ready]);
  });

  it.each<[string, NonNullable<Known["tables"]>[number]]>([
    ["Oracle's own", ["SYS", "DBMS_LOCK", "PACKAGE", "EXECUTE"]],
    ["in no schema", ["SYS", "OUT", "DIRECTORY", "READ"]],
  ])("is none that is %s: a right on it is given to a clone in use", async (_, row) => {
    const users = { APP: { roles: [mark], tables: [row] } as Known, APP_CLONE: turned };
    const { session, changes } = server({ users, sessions: { APP_CLONE: 2 } });
    await session.alternate(request);
    expect(changes).not.toContain(lock);
    expect(changes.at(-1)).toBe(ready);
  });

  it("bars nobody where nothing is to be granted", async () => {
    const users = { APP: base, APP_CLONE: { ...turned, tables: base.tables } as Known };
    const { session, changes } = server({ users, sessions: { APP_CLONE: 2 } });
    await session.alternate(request);
    expect(changes).toEqual([ready]);
  });
});

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-USER.html (proxy_clause): takes ALTER USER */
describe("a third user who lets the base log in on its behalf on Oracle", () => {
  const through = (client: string): Known => ({
    roles: [mark],
    proxies: [["APP", client, "PROXY MAY ACTIVATE ALL CLIENT ROLES"]],
  });

  it("is altered for the clone, as an administrator did it for the base", async () => {
    const { session, changes } = server({ users: { APP: through("OTHER"), APP_CLONE: turned, OTHER: {} } });
    await session.alternate(request);
    expect(changes).toContain('ALTER USER "OTHER" GRANT CONNECT THROUGH "APP_CLONE"');
  });

  it.each<Known>([{ maintained: "Y" }, { sysdba: true }, { manages: true }])(
    "is not where it is an administrator (%o)",
    async (known) => {
      const { session, changes } = server({ users: { APP: through("DBA1"), APP_CLONE: turned, DBA1: known } });
      const report = await session.alternate(request);
      expect(report.left).toEqual(['CONNECT THROUGH "APP_CLONE" FOR "DBA1"']);
      expect(changes.join()).not.toContain('ALTER USER "DBA1"');
    },
  );
});
