import { readFile } from "node:fs/promises";
import { createConnection } from "mysql2/promise";
import { freshName, type Login } from "./postgres-tools.js";

/** What tests do to a MySQL or a MariaDB that no session of an engine's does. */
export function mysqlTools(server: {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly caFile: string;
}) {
  const { host, port, caFile } = server;

  async function connected({ username: user, password }: Login, sql: string): Promise<void> {
    const ssl = { ca: await readFile(caFile, "utf8") };
    const connection = await createConnection({ host, port, user, password, multipleStatements: true, ssl });
    await connection.query(sql).finally(() => connection.end());
  }

  const asSuperuser = (sql: string) => connected({ username: "superuser", password: server.superuserPassword }, sql);

  /** Makes a login. `grants`: what it is granted, by statements with a `?` for its name. */
  async function createLogin(
    grants: readonly string[] = ["GRANT SELECT ON shop.* TO ?"],
    prefix?: string,
  ): Promise<Login> {
    const login = { username: freshName(prefix), password: "a-first-password-of-some-length" };
    const statements = [`CREATE USER ? IDENTIFIED BY '${login.password}'`, ...grants];
    await asSuperuser(statements.map((statement) => statement.replaceAll("?", login.username)).join("; "));
    return login;
  }

  return {
    asSuperuser,
    createLogin,
    /** An admin as `docs/engines` describes it, and no superuser. */
    createAdmin: (grants: readonly string[] = ADMIN) => createLogin(grants, "admin"),
    /** Whether the credential gets in. Throws for everything but a yes or a no. */
    letsIn: (login: Login) =>
      connected(login, "SELECT 1").then(
        () => true,
        (error: { errno?: number }) => {
          if (REFUSED.has(error.errno)) return false;
          throw error;
        },
      ),
  };
}

/** A wrong password; an account that is locked, as MySQL and as MariaDB say it. */
const REFUSED: ReadonlySet<number | undefined> = new Set([1045, 3118, 4151]);

const ADMIN = [
  "GRANT CREATE USER ON *.* TO ?",
  "GRANT SELECT ON mysql.* TO ?",
  "GRANT SELECT ON shop.* TO ? WITH GRANT OPTION",
];
