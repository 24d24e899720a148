import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { Engine, Session } from "../../src/engines/engine.js";
import { engineFor } from "../../src/engines/registry.js";
import type { MariadbServer } from "../../stage/servers/mariadb.js";
import type { Login } from "../engines/contract.js";
import { PATIENCE } from "../tools/patience.js";

/** A real server with its people: who may do everything, admins as docs/engines has them, applications and their owners. */
export interface Stage {
  readonly name: "mysql" | "mariadb";
  readonly engine: Engine;
  /** Runs statements as the superuser, or as another. Gives the rows of the last. */
  sql(...statements: string[]): Promise<Record<string, string>[]>;
  as(login: Login, ...statements: string[]): Promise<Record<string, string>[]>;
  fresh(prefix?: string): string;
  /** A login with rights; `on`: `` INSERT ON shop.* ``. */
  createLogin(username?: string, on?: readonly string[], host?: string): Promise<Login>;
  /** An admin as docs/engines has it; `on`: what else it may, with GRANT OPTION. */
  createAdmin(on?: readonly string[]): Promise<Login>;
  /** Someone who owns a database of its own, as far as a server can be owned by one. */
  createOwner(): Promise<Login & { readonly database: string }>;
  inSession<Result>(login: Login, work: (session: Session) => Promise<Result>, database?: string): Promise<Result>;
  accepts(login: Login): Promise<boolean>;
  /** Of every account on the server but those named: how it is defined, with its password's hash, and what it has, Keyturn's marks left out. */
  everyone(except?: readonly string[]): Promise<string[]>;
  quote(text: string): string;
}

export async function stageOn(name: "mysql" | "mariadb", server: MariadbServer): Promise<Stage> {
  const engine = await engineFor(name);
  const { host, port, caFile } = server;
  const where = { host, port, ssl: { ca: await readFile(caFile, "utf8") } };
  const superuser = { username: "superuser", password: server.superuserPassword };
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const fresh = (prefix = "app") => `${prefix}_${randomBytes(4).toString("hex")}`;

  async function as({ username, password }: Login, ...statements: string[]) {
    const connection: Connection = await createConnection({ ...where, user: username, password });
    try {
      let rows: RowDataPacket[] = [];
      for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows as unknown as Record<string, string>[];
    } finally {
      await connection.end();
    }
  }
  const sql = (...statements: string[]) => as(superuser, "SET SESSION sql_mode = ''", ...statements);

  async function createLogin(username = fresh(), on: readonly string[] = ["INSERT ON shop.*"], from = "%") {
    const password = `A-f1rst~${randomBytes(6).toString("hex")}`;
    const account = `${quote(username)}@${quote(from)}`;
    await sql(`CREATE USER ${account} IDENTIFIED BY '${password}'`, ...on.map((one) => `GRANT ${one} TO ${account}`));
    return { username, password };
  }
  const inSession: Stage["inSession"] = async (credential, work, database) => {
    const session = await engine.connect({
      target: { host, port, tls: true, ...(database ? { database } : {}) },
      credential,
      caFile,
      ...PATIENCE,
    });
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };

  return {
    name,
    engine,
    sql,
    as,
    fresh,
    quote,
    createLogin,
    async createAdmin(on = []) {
      const admin = await createLogin(fresh("admin"), ["CREATE USER ON *.*", "SELECT ON mysql.*"]);
      const name = `'${admin.username}'@'%'`;
      for (const one of ["SELECT, INSERT, UPDATE, EXECUTE ON shop.*", ...on])
        await sql(`GRANT ${one} TO ${name} WITH GRANT OPTION`);
      if (engine.name === "mysql") {
        await sql(
          "CREATE ROLE IF NOT EXISTS keyturn_base, keyturn_clone, keyturn_making, keyturn_retired",
          `GRANT keyturn_base, keyturn_clone, keyturn_making, keyturn_retired TO ${name} WITH ADMIN OPTION`,
        );
      }
      return admin;
    },
    async createOwner() {
      const database = fresh("db");
      const owner = await createLogin(fresh("owner"));
      await sql(
        `CREATE DATABASE ${database}`,
        `GRANT ALL ON ${database}.* TO '${owner.username}'@'%' WITH GRANT OPTION`,
      );
      return { ...owner, database };
    },
    inSession,
    accepts: (login) =>
      inSession(login, async () => true).catch((error) => {
        if (error.name === "CredentialRejectedError" || /^(AccountLocked|LockedOut)$/.test(error.code)) return false;
        throw error;
      }),
    async everyone(except = []) {
      const accounts = await sql("SELECT User AS user, Host AS host FROM mysql.user ORDER BY 1, 2");
      const connection = await createConnection({ ...where, user: superuser.username, password: superuser.password });
      const said: string[] = [];
      for (const { user = "", host = "" } of accounts) {
        if (except.includes(user)) continue;
        const account = host === "" ? quote(user) : `${quote(user)}@${quote(host)}`;
        for (const show of [`SHOW CREATE USER ${account}`, `SHOW GRANTS FOR ${account}`]) {
          // Of a role there is no definition, and an account that Debian's own script made is not in use yet.
          const [rows] = await connection.query<RowDataPacket[]>(show).catch(() => [[]]);
          said.push(...rows.map((row) => String(Object.values(row)[0])));
        }
      }
      await connection.end();
      return said
        .map(unmarked)
        .filter((row) => !row.includes("keyturn"))
        .sort();
    },
  };
}

/** A row of SHOW GRANTS without Keyturn's marks, where MySQL names them among other roles. */
export function unmarked(row: string): string {
  return row.replace(/`keyturn_\w+`@`%`,/g, "").replace(/,`keyturn_\w+`@`%`/g, "");
}

/** Both of a pair, made in the legitimate way; the clone is ready, the base in use. */
export async function pairOf(stage: Stage, admin: Login, app: Login) {
  const pair = await stage.inSession(app, (session) => session.pair());
  const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
  await stage.inSession(admin, (session) => session.alternate({ pair, password: clone.password, grants: "sync" }));
  return { pair, clone };
}
