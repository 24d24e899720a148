import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { MongoClient } from "mongodb";
import pg from "pg";
import type { ConnectRequest, Target } from "../../src/engines/engine.js";
import { openWire as openOracle } from "../../src/engines/oracle/connect.js";
import { engineFor } from "../../src/engines/registry.js";
import { openWire as openSqlserver } from "../../src/engines/sqlserver/connect.js";
import { id, type Statement, statement, text } from "../../src/engines/sqlserver/statement.js";
import { PATIENCE } from "../tools/patience.js";
import type { ContractTarget, Login } from "./contract.js";

/** Makes the contract's target of a server that somebody else runs. */
export interface LiveTarget {
  readonly engine: string;
  /**
   * `mssql://sa:password@localhost:1433/master?ca=/etc/ca.pem`, or `?ssl=false`; the user is one that may do everything. `ca`: a
   * file with the authorities to trust beside Node's own.
   */
  readonly variable: string;
  target(url: URL): Promise<ContractTarget>;
}

const freshName = (prefix = "app") => `${prefix}_${randomBytes(5).toString("hex")}`;
const freshLogin = (username: string): Login => ({ username, password: `A-f1rst~${randomBytes(6).toString("hex")}` });

export function requestFrom(url: URL): ConnectRequest {
  return {
    ...caOf(url),
    target: targetFrom(url),
    credential: { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
    ...PATIENCE,
  };
}

function targetFrom(url: URL): Target {
  return {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    tls: url.searchParams.get("ssl") !== "false",
  };
}

function caOf(url: URL): { caFile?: string } {
  const caFile = url.searchParams.get("ca");
  return caFile ? { caFile } : {};
}

const withoutTls = (url: URL) => (targetFrom(url).tls ? {} : { tls: "the URL says ssl=false" });

const sqlserver: LiveTarget = {
  engine: "sqlserver",
  variable: "MSSQL_URL",
  async target(url) {
    const run = async (...statements: Statement[]) => {
      const wire = await openSqlserver(requestFrom(url));
      try {
        for (const one of statements) await wire.query(one);
      } finally {
        await wire.close();
      }
    };
    const server = await sqlserverAt(requestFrom(url));
    const createLogin = async (username = freshName()) => {
      const login = freshLogin(username);
      await run(
        statement`CREATE LOGIN ${id(username)} WITH PASSWORD = ${text(login.password)}, CHECK_POLICY = OFF`,
        statement`CREATE USER ${id(username)} FOR LOGIN ${id(username)}`,
      );
      return login;
    };
    return {
      name: server.name,
      engine: await engineFor("sqlserver"),
      target: targetFrom(url),
      ...caOf(url),
      createLogin,
      async createAdmin() {
        const admin = await createLogin(freshName("admin"));
        const name = id(admin.username);
        await run(
          statement`GRANT ALTER ANY LOGIN TO ${name}`,
          statement`GRANT ALTER ANY SERVER ROLE TO ${name}`,
          statement`GRANT VIEW ANY DEFINITION TO ${name}`,
          statement`ALTER ROLE db_owner ADD MEMBER ${name}`,
        );
        return admin;
      },
      async grantRead(username) {
        const table = freshName("t");
        await run(
          statement`CREATE TABLE ${id(table)} (n int)`,
          statement`GRANT SELECT ON ${id(table)} TO ${id(username)}`,
        );
        return {
          statement: `SELECT n FROM [${table}]`,
          revoke: async () => void (await run(statement`REVOKE SELECT ON ${id(table)} FROM ${id(username)}`)),
        };
      },
      longestName: freshName().padEnd(128, "n"),
      // No login has a backslash in its name, which is what tells Windows' logins (error 15006).
      hostileNames: [`o'b"r\`ien ${freshName()}`, `x]; DROP LOGIN y; -- ${freshName()}`, `größe%s ${freshName()}`],
      lacks: { ...withoutTls(url), ...server.lacks },
    };
  },
};

/** What a server calls itself: one that only speaks SQL Server's protocol is another. */
export async function sqlserverAt(request: ConnectRequest): Promise<Pick<ContractTarget, "name" | "lacks">> {
  const wire = await openSqlserver(request);
  try {
    const [{ babelfish = null } = {}] = await wire.query<{ babelfish: string | null }>({
      sql: BABELFISH,
      parameters: {},
    });
    if (babelfish === null) return { name: `SQL Server ${wire.facts.serverVersion}` };
    return { name: `Babelfish ${babelfish}`, lacks: { clones: "Babelfish has no server roles of one's own" } };
  } finally {
    await wire.close();
  }
}

/** https://babelfishpg.org/docs/usage/limitations-of-babelfish/: NULL on SQL Server itself */
const BABELFISH = "SELECT CAST(SERVERPROPERTY('BabelfishVersion') AS nvarchar(128)) AS babelfish";

const oracle: LiveTarget = {
  engine: "oracle",
  variable: "ORACLE_URL",
  async target(url) {
    const run = async (...statements: string[]) => {
      const wire = await openOracle(requestFrom(url));
      try {
        for (const one of statements) await wire.execute(one);
        return wire.serverVersion;
      } finally {
        await wire.close();
      }
    };
    // With a profile that has a rollover time, or there are no two passwords.
    const profile = freshName("P").toUpperCase();
    const version = await run(
      `CREATE PROFILE "${profile}" LIMIT PASSWORD_ROLLOVER_TIME 1 FAILED_LOGIN_ATTEMPTS UNLIMITED`,
    );
    const createLogin = async (username = freshName("APP").toUpperCase()) => {
      const { password } = freshLogin(username);
      await run(
        `CREATE USER "${username}" IDENTIFIED BY "${password}" PROFILE "${profile}"`,
        `GRANT CREATE SESSION TO "${username}"`,
      );
      return { username, password };
    };
    return {
      name: `Oracle ${version}`,
      engine: await engineFor("oracle"),
      target: targetFrom(url),
      ...caOf(url),
      createLogin,
      async createAdmin() {
        const admin = await createLogin();
        await run(
          `GRANT ALTER USER, CREATE USER, CREATE ROLE, SELECT_CATALOG_ROLE TO "${admin.username}"`,
          `GRANT GRANT ANY ROLE, GRANT ANY PRIVILEGE, GRANT ANY OBJECT PRIVILEGE TO "${admin.username}"`,
        );
        return admin;
      },
      async grantRead(username) {
        const owner = decodeURIComponent(url.username).toUpperCase();
        const table = freshName("T").toUpperCase();
        await run(
          `CREATE TABLE "${owner}"."${table}" (n NUMBER)`,
          `GRANT SELECT ON "${owner}"."${table}" TO "${username}"`,
        );
        return {
          statement: `SELECT n FROM "${owner}"."${table}"`,
          revoke: async () => void (await run(`REVOKE SELECT ON "${owner}"."${table}" FROM "${username}"`)),
        };
      },
      longestName: freshName("APP").toUpperCase().padEnd(128, "N"),
      hostileNames: [],
      probes: {
        good: "SELECT 1 FROM DUAL",
        bad: "SELEKT 1 FROM DUAL",
        changes: [
          "CREATE TABLE keyturn_probed (n NUMBER)",
          "SELECT 1 FROM DUAL; SELECT 2 FROM DUAL",
          "COMMIT",
          "BEGIN NULL; END;",
          "",
        ],
      },
      lacks: withoutTls(url),
    };
  },
};

const redshift: LiveTarget = {
  engine: "redshift",
  variable: "REDSHIFT_URL",
  async target(url) {
    const run = async (sql: string) => {
      const { target, credential, caFile } = requestFrom(url);
      const client = new pg.Client({
        host: target.host,
        port: target.port,
        ...(target.database ? { database: target.database } : {}),
        user: credential.username,
        password: credential.password,
        ssl: target.tls ? { ...(caFile ? { ca: [...rootCertificates, await readFile(caFile, "utf8")] } : {}) } : false,
      });
      await client.connect();
      return client.query(sql).finally(() => client.end());
    };
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const createLogin = async (username = freshName(), option = "") => {
      const login = freshLogin(username);
      await run(`CREATE USER ${quoted(username)} PASSWORD '${login.password}' ${option}`);
      return login;
    };
    return {
      name: "Redshift",
      engine: await engineFor("redshift"),
      target: targetFrom(url),
      ...caOf(url),
      createLogin: (username) => createLogin(username),
      createAdmin: () => createLogin(freshName("admin"), "CREATEUSER"),
      async grantRead(username) {
        const table = freshName("t");
        await run(`CREATE TABLE ${table} (n int)`);
        await run(`GRANT SELECT ON ${table} TO ${quoted(username)}`);
        return {
          statement: `SELECT n FROM ${table}`,
          revoke: async () => void (await run(`REVOKE SELECT ON ${table} FROM ${quoted(username)}`)),
        };
      },
      longestName: freshName().padEnd(127, "n"),
      adminsAreSuperusers: true,
      hostileNames: [`o'b"rien ${freshName()}`, `x"; DROP USER y; -- ${freshName()}`],
      lacks: withoutTls(url),
    };
  },
};

const mongodb: LiveTarget = {
  engine: "documentdb",
  variable: "MONGODB_URL",
  async target(url) {
    const { credential, target, caFile } = requestFrom(url);
    const run = async (command: object) => {
      const client = new MongoClient(`mongodb://${url.host}/`, {
        auth: credential,
        tls: target.tls,
        ...(caFile ? { tlsCAFile: caFile } : {}),
        directConnection: true,
      });
      return client
        .db("admin")
        .command({ ...command })
        .finally(() => client.close());
    };
    const createLogin = async (
      username = freshName(),
      roles: object[] = [{ role: "keyturnOwnPassword", db: "admin" }],
    ) => {
      const login = freshLogin(username);
      await run({ createUser: username, pwd: login.password, roles });
      return login;
    };
    const { version } = await run({ buildInfo: 1 });
    const actions = ["changeOwnPassword"];
    await run({
      createRole: "keyturnOwnPassword",
      privileges: [{ resource: { db: "admin", collection: "" }, actions }],
      roles: [],
    }).catch(() => undefined);
    return {
      name: `MongoDB ${version}`,
      engine: await engineFor("documentdb"),
      target,
      ...caOf(url),
      createLogin: (username) => createLogin(username),
      createAdmin: () => createLogin(freshName("admin"), [{ role: "userAdminAnyDatabase", db: "admin" }]),
      async grantRead(user) {
        const db = freshName("db");
        const roles = [{ role: "read", db }];
        await run({ grantRolesToUser: user, roles });
        return {
          statement: JSON.stringify({ find: "orders", $db: db }),
          revoke: async () => void (await run({ revokeRolesFromUser: user, roles })),
        };
      },
      longestName: freshName().padEnd(63, "n"),
      hostileNames: [`o'b"r\`ien ${freshName()}`, `größe\\%s ${freshName()}`],
      probes: { good: "ping", bad: "drop users", changes: ["drop orders", "dropDatabase", '{"drop": "orders"}', ""] },
      superuser: credential,
      lacks: withoutTls(url),
    };
  },
};

export const LIVE_TARGETS: readonly LiveTarget[] = [sqlserver, oracle, redshift, mongodb];
