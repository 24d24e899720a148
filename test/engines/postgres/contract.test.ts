import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { md5Verifier, scramVerifier } from "../../../src/engines/postgres/verifier.js";
import { engineFor } from "../../../src/engines/registry.js";
import { type PostgresServer, startPostgres } from "../../../src/local/postgres/server.js";
import { startPgbouncer } from "../../../stage/servers/pgbouncer.js";
import { PATIENCE } from "../../tools/patience.js";
import {
  asSuperuser,
  connected,
  createAdmin,
  createLogin,
  freshName,
  type Login,
  letsIn,
} from "../../tools/postgres.js";
import { contract } from "../contract.js";
import { postgresTarget } from "./target.js";

const { host, port, caFile, logFile } = inject("postgres");
const engine = await engineFor("postgres");
const target = { host, port, database: "postgres", tls: true };
const session = (credential: { username: string; password: string }) =>
  engine.connect({ target, credential, caFile, ...PATIENCE });

contract(postgresTarget(engine, inject("postgres")));

describe("PostgreSQL's own", () => {
  it("clear passwords reach no log of the server", async () => {
    const app = await createLogin();
    const password = "Cl3ar-text~never.logged";
    const open = await session(app);
    await open.changeOwnPassword({ password });
    await open.close();
    const log = await readFile(logFile, "utf8");
    expect(log).toContain(`ALTER ROLE "${app.username}" PASSWORD`);
    expect(log).not.toContain(password);
  });

  it("md5 servers get an md5 verifier from an admin, and a login that proved its own by SCRAM keeps one of that", async () => {
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    const storedAs = () =>
      asSuperuser(
        async (client) =>
          (await client.query("SELECT rolpassword FROM pg_authid WHERE rolname = $1", [app.username])).rows[0]
            .rolpassword,
      );
    for (const { username } of [app, admin])
      await asSuperuser((client) => client.query(`ALTER ROLE ${username} SET password_encryption = 'md5'`));
    const open = await session(app);
    await open.changeOwnPassword({ password: "a-SCRAM-password" });
    await open.close();
    expect(await storedAs()).toMatch(/^SCRAM-SHA-256/);
    const as = await session(admin);
    await as.setPassword({ username: app.username, password: "an-md5-password" });
    await as.close();
    expect(await storedAs()).toBe(md5Verifier(app.username, "an-md5-password"));
  });

  it("verifiers are what the server would compute", async () => {
    const app = await createLogin();
    const stored: string = await asSuperuser(
      async (client) =>
        (await client.query("SELECT rolpassword FROM pg_authid WHERE rolname = $1", [app.username])).rows[0]
          .rolpassword,
    );
    const salt = Buffer.from(stored.split("$")[1]?.split(":")[1] ?? "", "base64");
    expect(await scramVerifier(app.password, salt)).toBe(stored);
  });

  it("settings, limits and expiry go to the clone, and go again", async () => {
    const app = await createLogin("CONNECTION LIMIT 7 VALID UNTIL '2040-01-01'");
    const admin = await createAdmin(app.username);
    // As a property of every object is called.
    const database = "constructor";
    await asSuperuser(async (client) => {
      await client.query(`CREATE DATABASE ${database}`);
      await client.query(
        `ALTER ROLE ${app.username} SET search_path = "Weird, one", public; ALTER ROLE ${app.username} SET statement_timeout = '5s'`,
      );
      await client.query(`ALTER ROLE ${app.username} IN DATABASE ${database} SET work_mem = '8MB'`);
    });
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const sync = async () => {
      const as = await session(admin);
      await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" });
      await as.close();
      return asSuperuser(async (client) => {
        const { rows } = await client.query(
          `SELECT r.rolconnlimit, r.rolvaliduntil, s.setdatabase <> 0 AS local, s.setconfig FROM pg_roles r
             JOIN pg_db_role_setting s ON s.setrole = r.oid WHERE r.rolname = $1 ORDER BY 3`,
          [pair.clone],
        );
        return rows;
      });
    };
    const [everywhere, inDatabase] = await sync();
    expect(everywhere).toMatchObject({ rolconnlimit: 7, rolvaliduntil: new Date("2040-01-01T00:00:00Z") });
    expect(everywhere.setconfig.sort()).toEqual([
      `role=${app.username}`,
      'search_path="Weird, one", public',
      "statement_timeout=5s",
    ]);
    expect(inDatabase.setconfig).toEqual(["work_mem=8MB"]);
    await asSuperuser((client) =>
      client.query(
        `ALTER ROLE ${app.username} RESET statement_timeout; ALTER ROLE ${app.username} CONNECTION LIMIT -1`,
      ),
    );
    const [later] = await sync();
    expect(later.rolconnlimit).toBe(-1);
    expect(later.setconfig).not.toContain("statement_timeout=5s");
  });

  it("memberships that only the clone has are taken away", async () => {
    const app = await createLogin();
    const extra = await createLogin();
    const admin = await createAdmin(app.username, extra.username);
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const as = await session(admin);
    await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" });
    await connected(admin, (client) => client.query(`GRANT ${extra.username} TO ${pair.clone}`));
    expect(await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" })).toMatchObject({
      revoked: [extra.username],
    });
    await as.close();
  });

  it("the clone goes on when the base may no longer log in", async () => {
    const app = await createLogin();
    const admin = await createAdmin(app.username);
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const as = await session(admin);
    await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" });
    await as.close();
    await asSuperuser((client) => client.query(`ALTER ROLE ${app.username} NOLOGIN`));
    expect(await letsIn({ username: pair.clone, password: "The-cl0ne~of.ours" })).toBe(true);
  });

  it("a clone of AWS's making that owns objects is not cut off from them", async () => {
    const app = await createLogin();
    const clone = await createLogin(`IN ROLE ${app.username}`, `${app.username}_clone`);
    const admin = await createAdmin(app.username, clone.username);
    await asSuperuser((client) =>
      client.query(`
        CREATE SCHEMA ${freshName("s")} AUTHORIZATION ${clone.username};
        COMMENT ON ROLE ${clone.username} IS 'keyturn: clone of "${app.username}"'`),
    );
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const as = await session(admin);
    const refused = await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" }).catch((error) => error);
    await as.close();
    expect(refused).toMatchObject({ code: "CloneOwnsObjects", message: expect.stringContaining("REASSIGN OWNED BY") });
    expect(await letsIn(clone)).toBe(true);
  });

  it("a superuser is not cloned", async () => {
    const app = await createLogin("SUPERUSER");
    const admin = await createAdmin();
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const as = await session(admin);
    await expect(as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" })).rejects.toMatchObject({
      name: "UnsupportedError",
      code: "Superuser",
    });
    await as.close();
  });

  it.each([
    ["the server's files and programs", "IN ROLE pg_execute_server_program", true],
    ["files alone", "IN ROLE pg_write_server_files", true],
    ["a superuser's role", "IN ROLE postgres", true],
    ["statistics", "IN ROLE pg_monitor", false],
    ["everybody's data", "IN ROLE pg_read_all_data, pg_write_all_data", false],
    ["a role that is called as RDS's is", "IN ROLE rds_superuser", false],
  ])("whoever may use %s is said to be a superuser, or not", async (_, attributes, expected) => {
    await asSuperuser((client) =>
      client.query("DO $$ BEGIN CREATE ROLE rds_superuser; EXCEPTION WHEN duplicate_object THEN NULL; END $$"),
    );
    const group = await createLogin(attributes);
    const open = await session(await createLogin(`IN ROLE ${group.username}`));
    expect(await open.isSuperuser()).toBe(expected);
    await open.close();
  });

  it("a server without TLS, and one that takes nothing else, are told apart from all else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-tls-"));
    await chmod(folder, 0o755);
    const hba = join(folder, "hba.conf");
    await writeFile(hba, "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    const superuserPassword = "only-here-superuser";
    const plain = await startPostgres({ dataDir: join(folder, "plain"), superuserPassword, tls: false });
    const strict = await startPostgres({
      dataDir: join(folder, "strict"),
      superuserPassword,
      settings: { hba_file: hba },
    });
    const credential = { username: "postgres", password: superuserPassword };
    const open = (server: PostgresServer, tls: boolean) =>
      engine.connect({
        target: { ...target, port: server.port, tls },
        credential,
        ...(server.caFile ? { caFile: server.caFile } : {}),
        ...PATIENCE,
      });
    try {
      await expect(open(plain, true)).rejects.toMatchObject({ name: "UnsupportedError", code: "TlsUnsupported" });
      await (await open(plain, false)).close();
      await expect(open(strict, false)).rejects.toMatchObject({ name: "UnsupportedError", code: "TlsRequired" });
      await (await open(strict, true)).close();
    } finally {
      await plain.stop();
      await strict.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("a replica is told from its writer, and a pooler from its server", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-reader-"));
    await chmod(folder, 0o755);
    const options = { dataDir: join(folder, "postgres"), superuserPassword: "only-here-superuser" };
    await (await startPostgres(options)).stop();
    await writeFile(join(folder, "postgres", "data", "standby.signal"), "");
    const replica = await startPostgres(options);
    const app = await createLogin();
    const pooler = await startPgbouncer(target, [app]);
    const lenient = await startPgbouncer(target, [app], "ignore_startup_parameters = options");
    const open = (port: number, credential: Login, tls: boolean) =>
      engine.connect({ target: { ...target, port, tls }, credential, ...PATIENCE, caFile: replica.caFile as string });
    try {
      const superuser = { username: "postgres", password: options.superuserPassword };
      await expect(open(replica.port, superuser, true)).rejects.toMatchObject({ code: "ReaderEndpoint" });
      await expect(open(pooler.port, app, false)).rejects.toMatchObject({ code: "PoolerInFront" });
      await expect(open(lenient.port, app, false)).rejects.toMatchObject({ code: "PoolerInFront" });
      const direct = await connected(app, (client) => client.query("SHOW statement_timeout"));
      expect(direct.rows).toEqual([{ statement_timeout: "0" }]);
    } finally {
      await pooler.stop();
      await lenient.stop();
      await replica.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("what RDS says of restricted passwords is told from other refusals", () => {
    const refusal = { code: "42501", message: "must be a member of rds_password to alter passwords" };
    expect(engine.classify(refusal)).toMatchObject({ name: "AccessDeniedError", code: "PasswordCommandsRestricted" });
  });
});
