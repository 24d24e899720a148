import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Pair, Session } from "../../src/engines/engine.js";
import { engineFor } from "../../src/engines/registry.js";
import { freshName, type Login, toolsFor } from "../../stage/postgres-tools.js";
import { startPostgres15 } from "../../stage/servers/postgres-15.js";
import type { SharedPostgres } from "../tools/global-setup.js";
import { PATIENCE } from "../tools/patience.js";

// A login, or the owner of a database, stops the rotation of somebody else's; and a new login inherits an old one's clone.

const engine = await engineFor("postgres");
const password = "n3w-Passw0rd~of.ours";
let older: Awaited<ReturnType<typeof startPostgres15>>;
beforeAll(async () => {
  older = await startPostgres15();
});
afterAll(() => older.stop());

describe.each([18, 15])("On PostgreSQL %i", (version) => {
  const server = (): SharedPostgres =>
    version === 18 ? inject("postgres") : { ...older, caFile: older.caFile as string };
  const tools = () => toolsFor(server());

  async function session<Result>(
    credential: Login,
    work: (session: Session) => Promise<Result>,
    database = "postgres",
  ): Promise<Result> {
    const { host, port, caFile } = server();
    const open = await engine.connect({
      target: { host, port, database, tls: true },
      credential,
      caFile,
      ...PATIENCE,
    });
    return work(open).finally(() => open.close());
  }

  const run = (sql: string) => tools().asSuperuser((client) => client.query(sql));
  const ofPair = (base: string, next: "base" | "clone" = "clone"): Pair => {
    const clone = `${base}_clone`;
    return { base, clone, next: next === "base" ? base : clone };
  };
  const alternate = (admin: Login, pair: Pair, grants: "sync" | "keep" = "sync") =>
    session(admin, (as) => as.alternate({ pair, password, grants }));

  it("a login that is made anew is not the base of a clone that outlived another", async () => {
    const { createLogin, createAdmin, letsIn } = tools();
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    await alternate(admin, ofPair(app.username));
    await alternate(admin, ofPair(app.username, "base"));
    await alternate(admin, ofPair(app.username));
    const clone = { username: `${app.username}_clone`, password };
    await run(`DROP ROLE ${app.username}`);

    const anew = await createLogin("", app.username);
    await run(`GRANT ${app.username} TO ${admin.username} WITH ADMIN OPTION`);
    expect(await session(clone, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
    for (const next of ["base", "clone"] as const) {
      const pair = ofPair(app.username, next);
      for (const grants of ["sync", "keep"] as const) {
        await expect(alternate(admin, pair, grants)).rejects.toMatchObject({ code: "CloneNameTaken" });
        const rehearsed = session(admin, (as) => as.rehearse?.({ kind: "pair", pair, grants }) ?? Promise.reject());
        await expect(rehearsed).rejects.toMatchObject({ code: "CloneNameTaken" });
      }
      await expect(session(admin, (as) => as.retire({ pair }))).rejects.toMatchObject({ code: "CloneNameTaken" });
    }
    expect([await letsIn(anew), await letsIn(clone), await letsIn({ ...anew, password })]).toEqual([true, true, false]);

    // Nor is one that is called so since.
    await run(`DROP ROLE ${clone.username}`);
    await alternate(admin, ofPair(app.username));
    await run(`ALTER ROLE ${app.username} RENAME TO ${app.username}_old`);
    await createLogin("", app.username);
    await expect(alternate(admin, ofPair(app.username, "base"))).rejects.toMatchObject({ code: "CloneNameTaken" });
  });

  it("a login that makes members of itself does not pass for a base", async () => {
    const { createLogin, createAdmin, connected } = tools();
    const mallory = await createLogin();
    const second = await createLogin();
    const victim = await createLogin("", `${mallory.username}_clone`);
    const admin = await createAdmin(victim.username);
    // Before 15 a login may.
    const grant = (by: Login, sql: string) =>
      connected(by, (client) => client.query(sql)).catch((error) => expect(error).toMatchObject({ code: "42501" }));
    await grant(mallory, `GRANT ${mallory.username} TO ${victim.username}`);
    await grant(mallory, `GRANT ${mallory.username} TO ${second.username} WITH ADMIN OPTION`);
    // As if a login had done it in any version: who may hand it on, and is no admin.
    await run(`GRANT ${mallory.username} TO ${second.username} WITH ADMIN OPTION`);
    await connected(second, (client) => client.query(`GRANT ${mallory.username} TO ${victim.username}`));
    expect(await alternate(admin, ofPair(victim.username))).toMatchObject({ created: true });
    await alternate(admin, ofPair(victim.username, "base"));
    await run(`REVOKE ${mallory.username} FROM ${victim.username} CASCADE`);
    await run(`GRANT ${mallory.username} TO ${victim.username}`);
    await expect(alternate(admin, ofPair(victim.username))).rejects.toMatchObject({ code: "AmbiguousPair" });
  });

  it("whoever may hand a role on stops nothing by giving it to a clone, or to a base", async () => {
    const { createLogin, createAdmin, connected, letsIn } = tools();
    const victim = await createLogin();
    const mallory = await createLogin();
    const role = freshName("team");
    await run(`CREATE ROLE ${role}; GRANT ${role} TO ${mallory.username} WITH ADMIN OPTION`);
    const admin = await createAdmin(victim.username);
    await alternate(admin, ofPair(victim.username));
    const clone = { username: `${victim.username}_clone`, password };
    await connected(mallory, (client) => client.query(`GRANT ${role} TO ${clone.username}, ${victim.username}`));
    const report = await alternate(admin, ofPair(victim.username));
    // From 16 on CREATEROLE alone ends no membership in a role of others.
    expect(report).toMatchObject(version === 18 ? { revoked: [], left: [role] } : { revoked: [role] });
    expect(await letsIn(clone)).toBe(true);
    await alternate(admin, ofPair(victim.username, "base"));
    expect(await letsIn({ ...victim, password })).toBe(true);
  });

  it("who owns a database keeps a login out of it, and has no admin change a password by it", async () => {
    const { createLogin } = tools();
    const app = await createLogin();
    const database = freshName("rds_password");
    await run(`CREATE DATABASE ${database}`);
    await session(app, (own) => own.whoAmI(), database);
    await run(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
    await expect(session(app, (own) => own.whoAmI(), database)).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "NotLetIn",
    });
  });
});

describe("what PostgreSQL says", () => {
  it.each([
    ["42501", "must be a member of rds_password to alter passwords", "AccessDeniedError", "PasswordCommandsRestricted"],
    ["28000", 'no pg_hba.conf entry for host "::1", user "app", database "shop", no encryption', null, "TlsRequired"],
    ["28000", 'PAM authentication failed for user "app"', null, "IamLogin"],
    ["08P01", "unsupported startup parameter: options", null, "PoolerInFront"],
    ["28000", "This RDS proxy has no credentials for the role app. Check", null, "PoolerInFront"],
    [undefined, "Connection terminated unexpectedly", null, "ConnectionLost"],
  ])("is told by its SQLSTATE (%s, %s)", (code, message, name, expected) => {
    expect(engine.classify({ code, message })).toMatchObject({ code: expected, ...(name ? { name } : {}) });
  });

  it.each([
    ["28000", 'no pg_hba.conf entry for host "::1", user "app", database "rds_password", SSL encryption', "NotLetIn"],
    ["28000", 'role "must be a member of rds_password to alter passwords" is not permitted to log in', "NotLetIn"],
    ["28000", 'role "password authentication failed for user " is not permitted to log in', "NotLetIn"],
    ["28P01", 'password authentication failed for user "RDS Proxy"', "LoginRefused"],
    ["3D000", 'database "unsupported startup parameter" does not exist', "UnknownDatabase"],
    ["42501", 'permission denied for table "rds_password"', "PermissionDenied"],
    ["42501", 'permission denied for schema "Connection terminated"', "PermissionDenied"],
    ["3D000", 'database "x, no encryption" does not exist', "UnknownDatabase"],
    ["XX000", 'cache lookup failed for "PAM authentication failed"', "ServerFault"],
  ])("says nothing by the names in it (%s, %s)", (code, message, expected) => {
    expect(engine.classify({ code, message })).toMatchObject({ code: expected });
  });
});
