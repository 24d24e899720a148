import { describe, expect, it } from "vitest";
import { type Answer, found, type Played, server } from "../engines/sqlserver/server.js";

// The owner of any database runs CREATE USER victim FOR LOGIN victim in it, and stops the rotation of that login by it.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { pair, password: "n3w-Password", grants: "sync" } as const;
const change = { kind: "pair", pair, grants: "sync" } as const;
const members = [
  ["keyturn_app", "app"],
  ["keyturn_app", "app_clone"],
] as const;
const login: Answer = {
  about: "default_language_name",
  rows: [{ database: "shop", language: "us_english", policy: true, expiration: false }],
};
const databases: Answer = { about: "FROM sys.databases WHERE state", rows: [{ name: "evil" }, { name: "shop" }] };
const userIn = (where: string, name = "app"): Answer => ({
  about: "SUSER_SID",
  in: where,
  name,
  rows: [{ name, defaultSchema: null }],
});
const able: Answer = { about: "'ALTER ANY LOGIN'", rows: [{ alterLogin: 1, alterRoles: 1 }] };
const owner: Answer = { about: "'ALTER ANY USER'", rows: [{ alterUsers: 1, control: 1 }] };
const fresh = [found("app"), login, databases, able, owner];
const known = [...fresh, found("app_clone")];
const both = [userIn("shop"), userIn("shop", "app_clone"), userIn("evil"), userIn("evil", "app_clone")];
const ready = ["ALTER LOGIN [app_clone] WITH PASSWORD = N'n3w-Password' UNLOCK", "ALTER LOGIN [app_clone] ENABLE"];
const blind: Answer = { about: "AS trustworthy", in: "evil", rows: [{ seen: 0, trustworthy: 0 }] };
const trusted: Answer = { about: "AS trustworthy", in: "evil", rows: [{ seen: 1, trustworthy: 1 }] };
const dbo: Answer = { about: "SUSER_SID", in: "evil", name: "app", rows: [{ name: "dbo", defaultSchema: null }] };
const odd: Answer = {
  about: "sys.database_permissions",
  in: "evil",
  rows: [{ state: "GRANT", permission: "X", securable: null, class: "NEW" }],
};

type Case = readonly [what: string, answers: readonly Answer[], played: Played, reason: string];
/** What an owner may do, each in a database that is his. */
const cases: readonly Case[] = [
  ["a trigger", [], { triggers: { evil: ["stop"] } }, "DatabaseTriggers"],
  ["a trigger that comes late", [], { triggers: { evil: ["stop"] }, late: true }, "DatabaseTriggers"],
  ["what he hides", [blind], {}, "AdminLacksRight"],
  ["a database that is trusted", [trusted], {}, "TrustworthyDatabase"],
  ["a lock that he holds", [], { failing: { evil: 1222 } }, "error 1222"],
  ["a dbo of that identity, restored from elsewhere", [dbo], {}, "DatabaseOwner"],
  ["a permission that is not known", [odd], {}, "UnknownPermission"],
];

describe("a user of the login's that an owner makes on SQL Server", () => {
  it("is brought in line, where nothing stands against it", async () => {
    const { session, statements } = server([...known, userIn("shop"), userIn("evil")], { members });
    expect(await session.alternate(sync)).not.toHaveProperty("left");
    expect(statements).toContain("[evil] CREATE USER [app_clone] FOR LOGIN [app_clone]");
    expect(statements.slice(-2)).toEqual(ready);
  });

  it.each(cases)("is reported where the admin is no user, with the clone new or known: %s", async (_, more, played) => {
    // A lock hides whether the admin is a user there: see below.
    for (const answers of played.failing ? [known] : [known, fresh]) {
      const clone = answers === known ? { members } : {};
      const { session, statements, fired } = server([...more, ...answers, ...both], {
        ...{ ...played, ...clone },
        uninvited: ["evil"],
      });
      expect((await session.alternate(sync)).left).toEqual([expect.stringMatching(/^evil: /)]);
      expect(await session.rehearse?.(change)).toContain("Left as it is: evil: ");
      expect(statements.filter((sql) => sql.startsWith("[evil]"))).toEqual([]);
      expect(statements.slice(-2)).toEqual(ready);
      expect(fired).toEqual([]);
    }
  });

  // An owner makes a user for the admin as well as for the victim.
  it.each(cases)("is reported where he has invited the admin, too: %s", async (_, more, played, reason) => {
    const { session, statements } = server([...more, ...known, ...both], { ...played, members });
    expect((await session.alternate(sync)).left).toEqual([`evil: ${reason}`]);
    expect(statements.filter((sql) => sql.startsWith("[evil]"))).toEqual([]);
    expect(statements.slice(-2)).toEqual(ready);
  });

  it("is reported where it is the clone's, owns a schema, and cannot be dropped", async () => {
    const answers = [...known, userIn("shop"), userIn("shop", "app_clone"), userIn("evil", "app_clone")];
    // 15138: the database principal owns a schema in the database, and cannot be dropped.
    const { session, statements } = server(answers, { members, refused: { "DROP USER": 15138 } });
    expect((await session.alternate(sync)).left).toEqual(["evil: error 15138"]);
    expect(statements.slice(-2)).toEqual(ready);
    const uninvited = server(answers, { members, uninvited: ["evil"] });
    expect((await uninvited.session.alternate(sync)).left).toEqual(["evil: the admin is no user there"]);
    expect(uninvited.statements.join()).not.toContain("DROP USER");
  });

  it.each([cases[0], cases[2], cases[3]] as Case[])(
    "ends the rotation in the secret's own database: %s",
    async (_, more, played) => {
      const { session } = server([...more, ...known, ...both], { ...played, members, database: "evil" });
      await expect(session.alternate(sync)).rejects.toBeDefined();
    },
  );

  it.each(cases.filter(([what]) => !what.includes("late")))(
    "ends it in one that the admin was invited to, until the clone has had its turn: %s",
    async (_, more, played) => {
      const unready = [...members, ["keyturn_off_app", "app_clone"]] as const;
      for (const [answers, had] of [
        [fresh, {}],
        [known, { members: unready }],
      ] as const) {
        const { session, statements } = server([...more, ...answers, ...both], { ...played, ...had });
        await expect(session.alternate(sync)).rejects.toBeDefined();
        expect(statements.join()).not.toContain("n3w-Password");
      }
    },
  );

  it("is nothing that a base's own database is: the server says who owns it", async () => {
    const owned: Answer = { about: "FROM sys.databases WHERE state", rows: [{ name: "shop", owned: 1 }] };
    const { session, statements } = server([owned, ...known], { members });
    await expect(session.alternate(sync)).rejects.toMatchObject({ code: "DatabaseOwner" });
    expect(statements).toEqual([]);
  });
});

describe("a permission on the server, or a role of others, on SQL Server", () => {
  const permission = (name: string, held: string): Answer => ({
    about: "sys.server_permissions",
    name,
    rows: [{ state: "GRANT", permission: held, securable: "", class: "SERVER" }],
  });

  it("is reported where the admin may neither hand it on nor take it, once the clone has had its turn", async () => {
    const answers = [...known, permission("app", "ALTER TRACE"), permission("app_clone", "VIEW ANY DATABASE")];
    const refused = { "ALTER TRACE": 4613, "VIEW ANY DATABASE": 4613 };
    const { session, statements } = server(answers, { members, refused });
    const report = await session.alternate(sync);
    expect(report).toMatchObject({ granted: [], revoked: [], left: ["GRANT VIEW ANY DATABASE", "GRANT ALTER TRACE"] });
    expect(statements.slice(-2)).toEqual(ready);
    const first = server([...fresh, permission("app", "ALTER TRACE")], { refused });
    await expect(first.session.alternate(sync)).rejects.toMatchObject({ code: "AdminLacksRight" });
    expect(first.statements.join()).not.toContain("n3w-Password");
    // Nor does the next try take it for one that has had a turn.
    expect(first.statements).not.toContain("ALTER SERVER ROLE [keyturn_off_app] DROP MEMBER [app_clone]");
  });
});
