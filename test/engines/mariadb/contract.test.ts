import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, describe, expect, it } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { startMariadb } from "../../../stage/servers/mariadb.js";
import { PATIENCE } from "../../tools/patience.js";
import { contract, type Login } from "../contract.js";
import { countsSessions } from "../mysql/open-sessions.js";

const server = await startMariadb();
afterAll(() => server.stop());

const engine = await engineFor("mariadb");
const { host, port, caFile } = server;
const target = { host, port, database: "shop", tls: true };
const session = (credential: Login) => engine.connect({ target, credential, caFile, ...PATIENCE });
const freshName = (prefix = "app") => `${prefix}_${randomBytes(5).toString("hex")}`;

async function asSuperuser<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const connection = await createConnection({
    host,
    port,
    user: "superuser",
    password: server.superuserPassword,
    multipleStatements: true,
  });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

const rows = async (connection: Connection, sql: string) =>
  ((await connection.query<RowDataPacket[]>(sql))[0] as RowDataPacket[]).map((row) => Object.values(row)[0] as string);

async function createLogin(username = freshName(), from = "%", options = ""): Promise<Login> {
  const password = randomBytes(12).toString("hex");
  await asSuperuser(async (connection) => {
    const account = `${connection.escape(username)}@'${from}'`;
    await connection.query(
      `CREATE USER ${account} IDENTIFIED BY '${password}' ${options}; GRANT INSERT ON shop.* TO ${account}`,
    );
  });
  return { username, password };
}

async function createAdmin(): Promise<Login> {
  const admin = await createLogin(freshName("admin"));
  await asSuperuser((connection) =>
    connection.query(
      `GRANT CREATE USER ON *.* TO '${admin.username}'@'%'; GRANT SELECT ON mysql.* TO '${admin.username}'@'%';
       GRANT SELECT, INSERT, UPDATE ON shop.* TO '${admin.username}'@'%' WITH GRANT OPTION`,
    ),
  );
  return admin;
}

contract({
  name: "MariaDB 10.11",
  engine,
  target,
  caFile,
  createLogin,
  createAdmin,
  async grantRead(username) {
    const table = freshName("t");
    await asSuperuser((connection) =>
      connection.query(
        `CREATE TABLE shop.${table} (id int); INSERT INTO shop.${table} VALUES (1); GRANT SELECT ON shop.${table} TO ${connection.escape(username)}@'%'`,
      ),
    );
    return {
      statement: `SELECT id FROM shop.${table}`,
      revoke: () =>
        asSuperuser(
          async (connection) =>
            void (await connection.query(`REVOKE SELECT ON shop.${table} FROM ${connection.escape(username)}@'%'`)),
        ),
    };
  },
  sees: "own",
  superuser: { username: "superuser", password: server.superuserPassword },
  longestName: freshName().padEnd(80, "n"),
  hostileNames: [
    `o'b"r\`ien ${freshName("")}`,
    `x'; DROP USER root; -- ${freshName("")}`,
    `größe\\%s ${freshName("")}`,
  ],
});

describe("MariaDB's own", () => {
  countsSessions({ createLogin, createAdmin, asSuperuser, session });

  const alternated = async (app: Login, admin: Login, password = "The-cl0ne~of.ours") => {
    const open = await session(app);
    const pair = await open.pair();
    await open.close();
    const as = await session(admin);
    const report = await as.alternate({ pair, password, grants: "sync" });
    await as.close();
    return { pair, report };
  };

  it("a secret that says it were MySQL is refused with what to correct, and changes nothing", async () => {
    const app = await createLogin();
    const asMysql = (await engineFor("mysql")).connect({ target, credential: app, caFile, ...PATIENCE });
    await expect(asMysql).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "OtherServer",
      message: expect.stringContaining('Put "engine": "mariadb" into the secret.'),
    });
    await (await session(app)).close();
  });

  it("clear passwords of native accounts reach no log of the server", async () => {
    const app = await createLogin();
    const password = "Cl3ar-text~never.logged";
    const open = await session(app);
    expect(await open.changeOwnPassword({ password })).toEqual({ sentAs: "verifier" });
    await open.close();
    const log = await readFile(server.generalLog, "utf8");
    expect(log).toContain("SET PASSWORD");
    expect(log).not.toContain(password);
  });

  it("an account for each of the base's hosts, with its requirements and limits, and none besides", async () => {
    const app = await createLogin(freshName(), "%", "REQUIRE SSL WITH MAX_USER_CONNECTIONS 7");
    await asSuperuser((connection) =>
      connection.query(`CREATE USER '${app.username}'@'10.%' IDENTIFIED BY '${app.password}'`),
    );
    const admin = await createAdmin();
    const { pair } = await alternated(app, admin);
    const created = await asSuperuser((connection) => rows(connection, `SHOW CREATE USER '${pair.clone}'@'%'`));
    expect(created[0]).toContain("REQUIRE SSL WITH MAX_USER_CONNECTIONS 7");
    const hosts = () =>
      asSuperuser((connection) =>
        rows(connection, `SELECT Host FROM mysql.user WHERE User = '${pair.clone}' ORDER BY Host`),
      );
    expect(await hosts()).toEqual(["%", "10.%"]);
    await asSuperuser((connection) => connection.query(`DROP USER '${app.username}'@'10.%'`));
    await alternated(app, admin);
    expect(await hosts()).toEqual(["%"]);
  });

  it("GRANT OPTION, roles and the default role go to the clone, and go again", async () => {
    const app = await createLogin();
    const admin = await createAdmin();
    const role = freshName("role");
    await asSuperuser((connection) =>
      connection.query(
        `CREATE ROLE ${role}; GRANT ${role} TO '${admin.username}'@'%' WITH ADMIN OPTION; GRANT UPDATE ON mysql.* TO '${admin.username}'@'%'; GRANT ${role} TO '${app.username}'@'%';
         SET DEFAULT ROLE ${role} FOR '${app.username}'@'%'; GRANT SELECT ON shop.* TO '${app.username}'@'%' WITH GRANT OPTION`,
      ),
    );
    const { pair } = await alternated(app, admin);
    const grants = () =>
      asSuperuser(async (connection) => (await rows(connection, `SHOW GRANTS FOR '${pair.clone}'@'%'`)).join("\n"));
    expect(await grants()).toMatch(/GRANT SELECT, INSERT ON `shop`\.\* TO .* WITH GRANT OPTION/);
    expect(await grants()).toContain(`GRANT \`${role}\``);
    await asSuperuser((connection) =>
      connection.query(
        `REVOKE GRANT OPTION ON shop.* FROM '${app.username}'@'%'; REVOKE SELECT ON shop.* FROM '${app.username}'@'%'; REVOKE ${role} FROM '${app.username}'@'%'`,
      ),
    );
    await alternated(app, admin);
    expect(await grants()).not.toContain("SELECT");
    expect(await grants()).not.toContain("WITH GRANT OPTION");
    expect(await grants()).not.toContain(role);
  });

  it("other ways to log in are kept", async () => {
    const app = await createLogin();
    await asSuperuser((connection) =>
      connection.query(
        `ALTER USER '${app.username}'@'%' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('${app.password}')`,
      ),
    );
    const open = await session(app);
    await expect(open.changeOwnPassword({ password: "Th3-own~change.ours" })).rejects.toMatchObject({
      name: "AccessDeniedError",
      code: "NoPasswordOfItsOwn",
    });
    await expect(open.rehearse?.({ kind: "own password" })).rejects.toMatchObject({ code: "NoPasswordOfItsOwn" });
    await open.close();
    const admin = await session(await createAdmin());
    await admin.setPassword({ username: app.username, password: "Th3-admin~change.ours" });
    await admin.close();
    const [created] = await asSuperuser((connection) => rows(connection, `SHOW CREATE USER '${app.username}'@'%'`));
    expect(created).toMatch(/VIA unix_socket OR mysql_native_password USING/);
    await (await session({ ...app, password: "Th3-admin~change.ours" })).close();
  });

  it("a user that is named like a clone of another is not taken for one", async () => {
    const base = await createLogin();
    const looksLike = await createLogin(`${base.username}_clone`);
    await expect(alternated(looksLike, await createAdmin())).rejects.toMatchObject({ code: "AmbiguousPair" });
    await expect(alternated(base, await createAdmin())).rejects.toMatchObject({ code: "CloneNameTaken" });
    await (await session(base)).close();
    await (await session(looksLike)).close();
  });

  it("a read-only server is told as such", async () => {
    const app = await createLogin();
    await asSuperuser((connection) => connection.query("SET GLOBAL read_only = 1"));
    try {
      await expect(session(app)).rejects.toMatchObject({ code: "ReaderEndpoint" });
    } finally {
      await asSuperuser((connection) => connection.query("SET GLOBAL read_only = 0"));
    }
  });
});
