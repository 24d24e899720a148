import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { session } from "../../../src/engines/documentdb/session.js";
import type { Role } from "../../../src/engines/documentdb/users.js";
import type { Change } from "../../../src/engines/engine.js";

interface Played {
  readonly users?: Readonly<Record<string, readonly Role[]>>;
  /** Of the session, as the server lists them; absent where it does not. */
  readonly privileges?: readonly Document[];
  readonly ownRoles?: readonly Role[];
  readonly blind?: true;
}

/** Rehearses, and makes sure that nothing but questions was asked. */
async function rehearsed({ users = {}, privileges, ownRoles = [], blind }: Played, change: Change): Promise<unknown> {
  const wire = {
    username: "keyturn",
    database: "admin",
    serverVersion: "5.0.0",
    close: async () => undefined,
    async command(command: Document): Promise<Document> {
      if (command.usersInfo) {
        if (blind) throw Object.assign(new Error("not authorized"), { code: 13 });
        const found = users[command.usersInfo.user];
        return { users: found ? [{ user: command.usersInfo.user, roles: found }] : [] };
      }
      expect(command).toEqual({ connectionStatus: 1, showPrivileges: true });
      return {
        authInfo: {
          authenticatedUserRoles: ownRoles,
          ...(privileges ? { authenticatedUserPrivileges: privileges } : {}),
        },
      };
    },
  };
  return session(wire)
    .rehearse?.(change)
    .catch((error: unknown) => error);
}

const on = (db: string, ...actions: string[]) => ({ resource: { db, collection: "" }, actions });
const reads = { role: "read", db: "shop" };
const marker = { role: "keyturn_app", db: "admin" };
const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const own = { kind: "own password" } as const;
const other = { kind: "password", username: "app" } as const;
const sync = { kind: "pair", pair, grants: "sync" } as const;
const PERMITTED = expect.stringContaining("has the privileges");

/** https://www.mongodb.com/docs/manual/reference/command/connectionStatus/, …/privilege-actions/, …/resource-document/ */
describe("a rehearsal on DocumentDB asks what the session may do, and", () => {
  it.each([
    ["changeOwnPassword there", [on("admin", "changeOwnPassword")]],
    ["changePassword everywhere", [on("", "find", "changePassword")]],
    ["any resource", [{ resource: { anyResource: true }, actions: ["changeOwnPassword"] }]],
  ])("finds the own password changeable by %s", async (_, privileges) => {
    expect(await rehearsed({ privileges }, own)).toEqual(PERMITTED);
  });

  it.each([
    ["nothing", []],
    ["the right on another database", [on("shop", "changeOwnPassword")]],
    ["the right on one collection", [{ resource: { db: "admin", collection: "x" }, actions: ["changeOwnPassword"] }]],
    ["the right on the cluster", [{ resource: { cluster: true }, actions: ["changeOwnPassword"] }]],
  ])("does not take %s for it, and says which role is missing", async (_, privileges) => {
    expect(await rehearsed({ privileges }, own)).toMatchObject({
      name: "AccessDeniedError",
      code: "PermissionDenied",
      message: expect.stringContaining('db.grantRolesToUser("keyturn", ["ownPassword"]);'),
    });
  });

  it("asks for changePassword where an admin sets another's", async () => {
    const users = { app: [reads] };
    expect(await rehearsed({ users, privileges: [on("admin", "changePassword")] }, other)).toEqual(PERMITTED);
    expect(await rehearsed({ users, privileges: [on("admin", "changeOwnPassword")] }, other)).toMatchObject({
      code: "AdminLacksRight",
      message: expect.stringContaining('{role: "userAdminAnyDatabase", db: "admin"}'),
    });
  });

  const making = [on("admin", "createUser", "createRole", "grantRole"), on("shop", "grantRole")];
  it("asks for all that a new clone takes, the base's roles on their own databases", async () => {
    expect(await rehearsed({ users: { app: [reads] }, privileges: making }, sync)).toEqual(PERMITTED);
    for (const left of [0, 1]) {
      const privileges = making.filter((_, index) => index !== left);
      expect(await rehearsed({ users: { app: [reads] }, privileges }, sync)).toMatchObject({ code: "AdminLacksRight" });
    }
  });

  it("asks for the right to take roles on every database where the clone is there", async () => {
    const users = { app: [reads, marker], app_clone: [marker] };
    const privileges = [...making, on("admin", "changePassword")];
    expect(await rehearsed({ users, privileges }, sync)).toMatchObject({ code: "AdminLacksRight" });
    expect(await rehearsed({ users, privileges: [...privileges, on("", "revokeRole")] }, sync)).toEqual(PERMITTED);
  });

  it("asks for the password alone on the way back, and of a pair made beforehand", async () => {
    const users = { app: [reads, marker], app_clone: [marker] };
    const privileges = [on("admin", "changePassword")];
    const back = { ...sync, pair: { ...pair, next: "app" } };
    expect(await rehearsed({ users, privileges }, back)).toEqual(PERMITTED);
    expect(await rehearsed({ users, privileges }, { ...sync, grants: "keep" })).toEqual(PERMITTED);
  });

  it.each(["root", "userAdminAnyDatabase", "userAdmin"])("believes the built-in role %s on admin", async (role) => {
    expect(await rehearsed({ users: { app: [] }, privileges: [], ownRoles: [{ role, db: "admin" }] }, other)).toEqual(
      PERMITTED,
    );
    const elsewhere = await rehearsed({ users: { app: [] }, privileges: [], ownRoles: [{ role, db: "shop" }] }, other);
    expect(elsewhere).toMatchObject({ code: "AdminLacksRight" });
  });

  it("says so where the server does not tell", async () => {
    expect(await rehearsed({}, own)).toEqual(expect.stringMatching(/^Not checked/));
  });

  it("refuses what the change would, before it asks for rights", async () => {
    expect(await rehearsed({ users: {} }, sync)).toMatchObject({ code: "UnknownUser" });
    expect(await rehearsed({ users: { app: [], app_clone: [] } }, sync)).toMatchObject({ code: "CloneNameTaken" });
    expect(await rehearsed({ blind: true }, sync)).toMatchObject({ code: "AdminLacksRight" });
  });
});
