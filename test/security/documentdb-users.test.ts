import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { session } from "../../src/engines/documentdb/session.js";
import type { Role } from "../../src/engines/documentdb/users.js";

// Who may write a secret, or is a login, leads the admin to a user that is somebody else's, or has it run a program.

interface Played {
  readonly users?: Readonly<Record<string, readonly Role[]>>;
  /** Roles that come with others, by the user's name. */
  readonly inherited?: Readonly<Record<string, readonly Role[]>>;
  readonly database?: string;
  readonly status?: Document;
  /** Answers usersInfo with an error where it is asked for more than names. */
  readonly old?: true;
}

/** A server that knows these users, and writes down what changes something, and everything. */
function server({ users = {}, inherited = {}, database = "admin", status = {}, old }: Played) {
  const changes: Document[] = [];
  const sent: Document[] = [];
  const wire = {
    username: "keyturn",
    database,
    serverVersion: "5.0.0",
    close: async () => undefined,
    async command(command: Document): Promise<Document> {
      sent.push(command);
      if (command.usersInfo) {
        if (old && command.showPrivileges) throw Object.assign(new Error("unknown field"), { code: 40415 });
        const { user, db } = command.usersInfo as { user: string; db: string };
        const roles = db === database ? users[user] : undefined;
        const more = command.showPrivileges ? { inheritedRoles: [...(roles ?? []), ...(inherited[user] ?? [])] } : {};
        return { users: roles ? [{ user, roles, ...more }] : [] };
      }
      if (command.rolesInfo) return { roles: [] };
      if (command.connectionStatus) return { authInfo: status };
      if (command.currentOp) return { inprog: [] };
      changes.push(command);
      return { ok: 1 };
    },
  };
  return { session: session(wire), changes, sent };
}

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const back = { ...pair, next: "app" };
const password = "n3w-Password";
const marker = { role: "keyturn_app", db: "admin" };
const reads = { role: "read", db: "shop" };
const root = { role: "root", db: "admin" };

type Work = (session: ReturnType<typeof server>["session"]) => Promise<unknown>;
const ofPairs: ReadonlyArray<readonly [string, Work]> = [
  ["keeping grants", (session) => session.alternate({ pair, password, grants: "keep" })],
  ["aligning", (session) => session.alternate({ pair, password, grants: "sync" })],
  ["coming back", (session) => session.alternate({ pair: back, password, grants: "sync" })],
  ["retiring the clone", (session) => session.retire({ pair })],
  ["retiring the base", (session) => session.retire({ pair: back })],
  ["rehearsing", async (session) => session.rehearse?.({ kind: "pair", pair, grants: "keep" })],
];

async function refused(played: Played, work: Work, code: string): Promise<void> {
  const { session, changes } = server(played);
  await expect(work(session)).rejects.toMatchObject({ code });
  expect(changes).toEqual([]);
}

describe("a pair of DocumentDB's users", () => {
  const status = { authenticatedUserRoles: [{ role: "userAdminAnyDatabase", db: "admin" }] };

  it.each(ofPairs)("marked by who manages users there, may be changed: %s", async (_, work) => {
    await work(server({ users: { app: [reads, marker], app_clone: [reads, marker] }, status }).session);
  });

  it.each(ofPairs)("is none by its names alone: %s", async (_, work) => {
    await refused({ users: { app: [reads], app_clone: [reads] } }, work, "CloneNameTaken");
  });

  it.each(ofPairs)(
    "is none where the base was made anew, for somebody else, and the clone left behind: %s",
    async (_, work) => {
      await refused({ users: { app: [reads], app_clone: [reads, marker] }, status }, work, "BaseNotMarked");
    },
  );

  it.each(ofPairs)("is none by a role of a database that an attacker owns: %s", async (_, work) => {
    const forged = { role: "keyturn_app", db: "evil" };
    await refused({ users: { app: [reads], app_clone: [forged] } }, work, "CloneNameTaken");
  });

  it.each(ofPairs)("is none with one that may do everything, at once or by another role: %s", async (_, work) => {
    await refused({ users: { app: [root], app_clone: [marker] } }, work, "Superuser");
    await refused({ users: { app: [], app_clone: [marker, root] } }, work, "Superuser");
    await refused({ users: { app: [], app_clone: [marker] }, inherited: { app: [root] } }, work, "Superuser");
    await refused({ users: { app: [root], app_clone: [marker] }, old: true }, work, "Superuser");
  });
});

describe("an admin of DocumentDB's", () => {
  it("sets the password of another, and asks a server without the option for names alone", async () => {
    for (const old of [undefined, true] as const) {
      const { session, changes } = server({ users: { app: [reads] }, ...(old ? { old } : {}) });
      await session.setPassword({ username: "app", password });
      expect(changes).toEqual([{ updateUser: "app", pwd: password }]);
    }
  });

  it("never changes itself", async () => {
    const of = (base: string, clone: string) => ({ base, clone, next: clone });
    const users = { app: [marker], keyturn: [marker] };
    for (const work of [
      (session) => session.setPassword({ username: "keyturn", password }),
      (session) => session.alternate({ pair: of("app", "keyturn"), password, grants: "keep" }),
      (session) => session.alternate({ pair: of("keyturn", "app"), password, grants: "sync" }),
      (session) => session.retire({ pair: of("app", "keyturn") }),
      async (session) => session.rehearse?.({ kind: "password", username: "keyturn" }),
    ] satisfies Work[])
      await refused({ users }, work, "AdminItself");
  });

  it("changes none that may do everything", async () => {
    const users = { app: [root], other: [{ role: "__system", db: "admin" }] };
    for (const username of ["app", "other"]) {
      await refused({ users }, (session) => session.setPassword({ username, password }), "Superuser");
      await refused({ users }, async (session) => session.rehearse?.({ kind: "password", username }), "Superuser");
    }
    // Called so in a database of its own, a role is anything.
    const { session } = server({ users: { app: [{ role: "root", db: "evil" }] } });
    await session.setPassword({ username: "app", password });
  });

  it.each<[string, Document, boolean]>([
    ["the role root", { authenticatedUserRoles: [root] }, true],
    ["the role __system", { authenticatedUserRoles: [{ role: "__system", db: "admin" }] }, true],
    [
      "anything on everything",
      { authenticatedUserPrivileges: [{ resource: { anyResource: true }, actions: ["anyAction"] }] },
      true,
    ],
    ["the management of users", { authenticatedUserRoles: [{ role: "userAdminAnyDatabase", db: "admin" }] }, false],
    ["a role of that name elsewhere", { authenticatedUserRoles: [{ role: "root", db: "evil" }] }, false],
    ["nothing", {}, false],
  ])("is a superuser or not by %s", async (_, status, expected) => {
    expect(await server({ status }).session.isSuperuser()).toBe(expected);
  });

  it("ignores no password that is to be kept", async () => {
    const keep = { password, newest: true };
    await refused({ users: { app: [] } }, (session) => session.retire({ username: "app", keep }), "NoDualPassword");
  });

  // https://www.mongodb.com/docs/manual/core/server-side-javascript/
  it("runs no command in which the server would run a program of somebody's (system.js, $where, views)", async () => {
    const status = { authenticatedUserRoles: [{ role: "userAdminAnyDatabase", db: "admin" }] };
    const { session, sent } = server({ users: { app: [reads, marker], app_clone: [marker] }, status });
    for (const [, work] of ofPairs) await work(session);
    await session.setPassword({ username: "app", password });
    await session.changeOwnPassword({ password });
    await session.sessionsOf?.("app");
    await session.isSuperuser();
    await session.pair();
    const commands = new Set(sent.map((command) => Object.keys(command)[0]));
    expect([...commands].sort()).toEqual(["connectionStatus", "currentOp", "updateUser", "usersInfo"]);
  });
});
