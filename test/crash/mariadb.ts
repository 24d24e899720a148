import { createConnection } from "mysql2/promise";
import { startMariadb } from "../servers/mariadb.js";
import { freshName, type Login } from "../tools/postgres-tools.js";
import type { Arena } from "./subjects.js";

/** Dual password on Debian's MariaDB. Throws, with the reason, where it cannot be had. */
export async function mariadbArena(): Promise<{ arena: Arena; stop(): Promise<void> }> {
  const server = await startMariadb();
  const { host, port, caFile } = server;
  const connected = async ({ username: user, password }: Login, sql: string) => {
    const connection = await createConnection({ host, port, user, password, multipleStatements: true });
    await connection.query(sql).finally(() => connection.end());
  };
  const asSuperuser = (sql: string) => connected({ username: "superuser", password: server.superuserPassword }, sql);
  const letsIn = (login: Login) =>
    connected(login, "SELECT 1").then(
      () => true,
      ({ errno }: { errno: number }) => errno !== 1045,
    );
  const about = (relay: number) => ({ engine: "mariadb", host: "localhost", port: relay, dbname: "shop" });

  async function createLogin(grants: string, prefix?: string): Promise<Login> {
    const login = { username: freshName(prefix), password: "a-first-password-of-some-length" };
    await asSuperuser(`CREATE USER ${login.username} IDENTIFIED BY '${login.password}'`);
    for (const grant of grants.split(";")) await asSuperuser(grant.replace("?", login.username));
    return login;
  }

  const arena: Arena = {
    database: { host, port },
    caFile,
    subjects: [
      {
        name: "dual-password on MariaDB",
        mayGap: false,
        before: 0,
        letsIn,
        async make(relay, storeAdmin) {
          const login = await createLogin("GRANT SELECT ON shop.* TO ?");
          const admin = await createLogin(
            "GRANT CREATE USER ON *.* TO ?; GRANT SELECT ON mysql.* TO ?; GRANT SELECT ON shop.* TO ? WITH GRANT OPTION",
            "admin",
          );
          const masterarn = await storeAdmin({ ...about(relay), ...admin });
          return {
            value: { ...about(relay), ...login, masterarn },
            tags: { "keyturn:strategy": "dual-password" },
          };
        },
      },
    ],
  };
  return { arena, stop: () => server.stop() };
}
