import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, describe, expect, it } from "vitest";
import { atLeast } from "../../../src/engines/mysql/version.js";
import { engineFor } from "../../../src/engines/registry.js";
import { startMysql } from "../../../stage/servers/mysql.js";
import { PATIENCE } from "../../tools/patience.js";
import { contract, type Login } from "../contract.js";
import { countsSessions } from "./open-sessions.js";

describe("atLeast", () => {
  it.each([
    ["8.0.36", true],
    ["8.0.20", false],
    ["5.7.44-log", false],
    ["9.7.4-2", true],
    ["10.0.1", true],
    ["8.0.mysql_aurora.3.05.2", true],
  ])("%s", (version, expected) => {
    expect(atLeast(version, 8, 0, 21)).toBe(expected);
  });
});

// Debian's unstable release moves, so this server is optional; that it did not run is said aloud.
const server = await startMysql().catch((error: Error) => error);
if (server instanceof Error) {
  describe.skip(`MySQL (optional: ${server.message.split("\n")[0]})`, () => {
    it("did not run", () => undefined);
  });
} else {
  const { host, port, caFile } = server;
  afterAll(() => server.stop());
  const engine = await engineFor("mysql");
  const target = { host, port, database: "shop", tls: true };
  const session = (credential: Login) => engine.connect({ target, credential, caFile, ...PATIENCE });
  const freshName = (prefix = "app") => `${prefix}_${randomBytes(4).toString("hex")}`;

  const asSuperuser = async <Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> => {
    const connection = await createConnection({
      host,
      port,
      user: "superuser",
      password: server.superuserPassword,
      multipleStatements: true,
      ssl: { ca: await readFile(caFile, "utf8") },
    });
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  };
  const rows = async (connection: Connection, sql: string) =>
    ((await connection.query<RowDataPacket[]>(sql))[0] as RowDataPacket[]).map(
      (row) => Object.values(row)[0] as string,
    );

  const createLogin = async (username = freshName(), options = ""): Promise<Login> => {
    const password = randomBytes(12).toString("hex");
    await asSuperuser(async (connection) => {
      const account = `${connection.escape(username)}@'%'`;
      await connection.query(
        `CREATE USER ${account} IDENTIFIED BY '${password}' ${options}; GRANT INSERT ON shop.* TO ${account}`,
      );
    });
    return { username, password };
  };
  const createAdmin = async (): Promise<Login> => {
    const admin = await createLogin(freshName("admin"));
    await asSuperuser((connection) =>
      connection.query(
        `GRANT CREATE USER ON *.* TO '${admin.username}'@'%'; GRANT SELECT ON mysql.* TO '${admin.username}'@'%';
         CREATE ROLE IF NOT EXISTS keyturn_base, keyturn_clone, keyturn_making, keyturn_retired;
         GRANT keyturn_base, keyturn_clone, keyturn_making, keyturn_retired TO '${admin.username}'@'%' WITH ADMIN OPTION;
         GRANT SELECT, INSERT, UPDATE ON shop.* TO '${admin.username}'@'%' WITH GRANT OPTION`,
      ),
    );
    return admin;
  };
  const accepts = (login: Login) =>
    session(login).then(
      async (open) => {
        await open.close();
        return true;
      },
      () => false,
    );

  contract({
    name: `MySQL ${server.version}`,
    engine,
    target,
    caFile,
    createLogin,
    createAdmin,
    async grantRead(username) {
      const table = freshName("t");
      const account = `'${username}'@'%'`;
      await asSuperuser((connection) =>
        connection.query(
          `CREATE TABLE shop.${table} (id int); INSERT INTO shop.${table} VALUES (1); GRANT SELECT ON shop.${table} TO ${account}`,
        ),
      );
      return {
        statement: `SELECT id FROM shop.${table}`,
        revoke: () =>
          asSuperuser(
            async (connection) => void (await connection.query(`REVOKE SELECT ON shop.${table} FROM ${account}`)),
          ),
      };
    },
    sees: "own",
    superuser: { username: "superuser", password: server.superuserPassword },
    longestName: freshName().padEnd(32, "n"),
    hostileNames: [`o'b"r\`ien ${freshName("")}`, `x'; DROP USER y; -- ${freshName("")}`, `größe\\%s ${freshName("")}`],
  });

  describe("MySQL's own", () => {
    countsSessions({ createLogin, createAdmin, asSuperuser, session });

    it("a secret that says it were MariaDB is refused with what to correct", async () => {
      const credential = await createLogin();
      await expect(
        (await engineFor("mariadb")).connect({ target, credential, caFile, ...PATIENCE }),
      ).rejects.toMatchObject({
        name: "InvalidSecretError",
        code: "OtherServer",
        message: expect.stringContaining('Put "engine": "mysql" into the secret.'),
      });
    });

    it("two passwords at once: set by an admin, or by the user itself where it may", async () => {
      const app = await createLogin();
      const admin = await session(await createAdmin());
      await admin.addPassword?.({ username: app.username, current: app.password, password: "The-sec0nd~one.ours" });
      await admin.close();
      expect([await accepts(app), await accepts({ ...app, password: "The-sec0nd~one.ours" })]).toEqual([true, true]);
      const own = await session({ ...app, password: "The-sec0nd~one.ours" });
      const request = { username: app.username, current: "The-sec0nd~one.ours", password: "The-th1rd~one.ours" };
      await expect(own.addPassword?.(request)).rejects.toMatchObject({ name: "AccessDeniedError" });
      await asSuperuser((connection) =>
        connection.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${app.username}'@'%'`),
      );
      await own.close();
      const allowed = await session({ ...app, password: "The-sec0nd~one.ours" });
      await allowed.addPassword?.(request);
      await allowed.close();
      expect(
        await Promise.all(
          [app.password, "The-sec0nd~one.ours", "The-th1rd~one.ours"].map((password) => accepts({ ...app, password })),
        ),
      ).toEqual([false, true, true]);
    });

    it("requirements, limits, roles and default roles go to the clone, and go again", async () => {
      const app = await createLogin(freshName(), "REQUIRE SSL WITH MAX_USER_CONNECTIONS 7 PASSWORD EXPIRE NEVER");
      const role = freshName("role");
      await asSuperuser((connection) =>
        connection.query(
          `CREATE ROLE ${role}; GRANT ${role} TO '${app.username}'@'%'; SET DEFAULT ROLE ${role} TO '${app.username}'@'%'`,
        ),
      );
      const admin = await createAdmin();
      await asSuperuser((connection) => connection.query(`GRANT ${role} TO '${admin.username}'@'%' WITH ADMIN OPTION`));
      const open = await session(app);
      const pair = await open.pair();
      await open.close();
      const sync = async () => {
        const as = await session(admin);
        await as.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" });
        await as.close();
        return asSuperuser(async (connection) =>
          [
            ...(await rows(connection, `SHOW CREATE USER '${pair.clone}'@'%'`)),
            ...(await rows(connection, `SHOW GRANTS FOR '${pair.clone}'@'%'`)),
          ].join("\n"),
        );
      };
      const first = await sync();
      expect(first).toContain("REQUIRE SSL WITH MAX_USER_CONNECTIONS 7 PASSWORD EXPIRE NEVER");
      expect(first).toContain(`DEFAULT ROLE \`${role}\``);
      await asSuperuser((connection) =>
        connection.query(
          `REVOKE ${role} FROM '${app.username}'@'%'; ALTER USER '${app.username}'@'%' WITH MAX_USER_CONNECTIONS 0`,
        ),
      );
      const second = await sync();
      expect(second).not.toContain(role);
      expect(second).not.toContain("MAX_USER_CONNECTIONS 7");
    });

    it("the server masks what it is told, so clear passwords reach no log of it", async () => {
      const app = await createLogin();
      const password = "Cl3ar-text~never.logged";
      const open = await session(app);
      expect(await open.changeOwnPassword({ password })).toEqual({ sentAs: "masked" });
      await open.close();
      const log = await readFile(server.generalLog, "utf8");
      expect(log).toContain("ALTER USER");
      expect(log).not.toContain(password);
    });
  });
}
