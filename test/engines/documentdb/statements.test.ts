import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { classify } from "../../../src/engines/documentdb/errors.js";
import { session } from "../../../src/engines/documentdb/session.js";
import type { Role } from "../../../src/engines/documentdb/users.js";

/** A server that knows these users, and writes down the commands that change something. */
function server(
  login: string,
  users: Record<string, Role[]>,
  roles: readonly string[] = [],
  refusal?: number,
  operations: Document[] = [],
) {
  const commands: Document[] = [];
  const wire = {
    username: login,
    database: "admin",
    serverVersion: "5.0.0",
    close: async () => undefined,
    async command(command: Document): Promise<Document> {
      if (command.usersInfo) {
        const found = users[command.usersInfo.user];
        return { users: found ? [{ user: command.usersInfo.user, roles: found }] : [] };
      }
      if (command.rolesInfo) return { roles: roles.includes(command.rolesInfo.role) ? [command.rolesInfo] : [] };
      if (command.currentOp) return { inprog: operations };
      if (refusal) throw Object.assign(new Error("not authorized"), { code: refusal });
      commands.push(command);
      return { ok: 1 };
    },
  };
  return { session: session(wire), commands };
}

const reads = { role: "read", db: "shop" };
const writes = { role: "readWrite", db: "shop" };
const marker = { role: "keyturn_app", db: "admin" };
const pair = { base: "app", clone: "app_clone", next: "app_clone" };

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/role_based_access_control.html */
describe("the commands that DocumentDB is sent", () => {
  it("makes a clone with the base's roles and a role that says whose clone it is", async () => {
    const { session, commands } = server("admin", { app: [reads, writes] });
    expect(await session.alternate({ pair, password: "n3w-Password", grants: "sync" })).toEqual({
      created: true,
      granted: ["read@shop", "readWrite@shop"],
      revoked: [],
      sentAs: "masked",
    });
    expect(commands).toEqual([
      {
        createRole: "keyturn_app",
        privileges: [{ resource: { db: "keyturn", collection: "clones" }, actions: ["find"] }],
        roles: [],
      },
      { grantRolesToUser: "app", roles: [marker] },
      { createUser: "app_clone", pwd: "n3w-Password", roles: [reads, writes, marker] },
    ]);
  });

  it("brings roles in line, given and taken, with the password", async () => {
    const { session, commands } = server("admin", { app: [reads, marker], app_clone: [writes, marker] }, [
      "keyturn_app",
    ]);
    expect(await session.alternate({ pair, password: "n3w-Password", grants: "sync" })).toMatchObject({
      created: false,
      granted: ["read@shop"],
      revoked: ["readWrite@shop"],
    });
    expect(commands).toEqual([{ updateUser: "app_clone", pwd: "n3w-Password", roles: [reads, marker] }]);
  });

  it("changes nothing but the password of the base, and of a pair made beforehand", async () => {
    const { session, commands } = server("admin", { app: [reads, marker], app_clone: [writes, marker] });
    await session.alternate({ pair: { ...pair, next: "app" }, password: "n3w-Password", grants: "sync" });
    await session.alternate({ pair, password: "n3w-Password", grants: "keep" });
    expect(commands).toEqual([
      { updateUser: "app", pwd: "n3w-Password" },
      { updateUser: "app_clone", pwd: "n3w-Password" },
    ]);
  });

  it("retires a user by a password that nobody knows", async () => {
    const { session, commands } = server("admin", { app: [reads, marker], app_clone: [marker] });
    await session.retire({ pair: { ...pair, next: "app" } });
    await session.retire({ pair });
    const pwd = expect.stringMatching(/^Aa1-.{20,}$/);
    expect(commands).toEqual([
      { updateUser: "app", pwd },
      { updateUser: "app_clone", pwd },
    ]);
    const keep = { password: "0ld-Password", newest: true };
    await expect(session.retire({ username: "app", keep })).rejects.toMatchObject({ code: "NoDualPassword" });
  });

  // https://www.mongodb.com/docs/manual/reference/command/currentOp/ (effectiveUsers, $all)
  it("counts connections of a user, once each and its own not, where idle ones are told", async () => {
    const of = (connectionId: number, user: string, active: boolean) => ({
      ...{ connectionId, active },
      effectiveUsers: [{ user, db: "admin" }],
    });
    const operations = [
      of(1, "admin", true),
      of(2, "app", false),
      of(3, "app", false),
      of(3, "app", true),
      { op: "none" },
    ];
    const { session } = server("admin", {}, [], undefined, operations);
    expect([await session.sessionsOf?.("app"), await session.sessionsOf?.("admin")]).toEqual([2, 0]);
    const blind = server("admin", {}, [], undefined, [of(1, "admin", true), { connectionId: 2, active: false }]);
    expect(await blind.session.sessionsOf?.("app")).toBeUndefined();
  });

  it.each([
    ["a base that is not there", {}, pair, "sync", "UnknownUser"],
    ["a clone that does not say so", { app: [reads], app_clone: [reads] }, pair, "sync", "CloneNameTaken"],
    [
      "a base that was made anew where the clone was left behind",
      { app: [reads], app_clone: [marker] },
      { ...pair, next: "app" },
      "sync",
      "BaseNotMarked",
    ],
    ["a clone to be kept that is not there", { app: [reads] }, pair, "keep", "CloneMissing"],
    [
      "a base that may itself be a clone",
      { app: [reads], app_clone: [reads] },
      { base: "app_clone", clone: "app_clone_clone", next: "app_clone_clone" },
      "sync",
      "AmbiguousPair",
    ],
  ] as const)("refuses %s before anything is changed", async (_, users, asked, grants, code) => {
    const { session, commands } = server("admin", users as unknown as Record<string, Role[]>);
    await expect(session.alternate({ pair: asked, password: "n3w-Password", grants })).rejects.toMatchObject({ code });
    expect(commands).toEqual([]);
  });

  it("takes a login for a clone when its roles say so, not by its name", async () => {
    expect(await server("app_clone", { app_clone: [reads, marker] }).session.pair()).toEqual({ ...pair, next: "app" });
    expect(await server("app_clone", { app_clone: [reads] }).session.pair()).toMatchObject({ base: "app_clone" });
  });

  it("tells an admin without the right which statement a person must run", async () => {
    const { session } = server("keyturn", { app: [reads] }, [], 13);
    await expect(session.alternate({ pair, password: "n3w-Password", grants: "sync" })).rejects.toMatchObject({
      code: "AdminLacksRight",
      message: expect.stringContaining('db.grantRolesToUser("keyturn", [{role: "userAdminAnyDatabase", db: "admin"}])'),
    });
  });

  it.each([
    [{ name: "MongoServerSelectionError", cause: { code: "ECONNREFUSED" } }, "ConnectionRefused"],
    [{ reason: { error: { cause: { code: "ENOTFOUND" } } } }, "HostNotFound"],
    [{ code: 10107, message: "not primary" }, "ServerStopping"],
    [
      { name: "MongoServerError", message: "Password does not meet the policy: password must be at least 8" },
      "PasswordRefused",
    ],
    [{ code: 13, message: "not authorized" }, "PermissionDenied"],
  ])("knows the error %j", (error, code) => {
    expect(classify(error)).toMatchObject({ code });
  });
});
