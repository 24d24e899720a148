import { createConnection } from "mysql2/promise";
import { afterAll, describe, expect, it } from "vitest";
import { startMariadb } from "../servers/mariadb.js";
import { useCloud } from "../tools/cloud.js";
import { freshName, type Login } from "../tools/postgres.js";

const server = await startMariadb();
afterAll(() => server.stop());
const keyturn = useCloud({ caFile: server.caFile });
const { host, port } = server;

const connected = async (login: Login, sql: string) => {
  const connection = await createConnection({
    host,
    port,
    user: login.username,
    password: login.password,
    multipleStatements: true,
  });
  await connection.query(sql).finally(() => connection.end());
};
const asSuperuser = (sql: string) => connected({ username: "superuser", password: server.superuserPassword }, sql);
const letsIn = (login: Login) =>
  connected(login, "SELECT 1").then(
    () => true,
    ({ errno }: { errno: number }) => errno !== 1045,
  );

async function createLogin(): Promise<Login> {
  const login = { username: freshName(), password: "a-first-password-of-some-length" };
  await asSuperuser(
    `CREATE USER ${login.username} IDENTIFIED BY '${login.password}'; GRANT SELECT ON shop.* TO ${login.username}`,
  );
  return login;
}

const target = { engine: "mariadb", host, port, dbname: "shop" };

describe("MariaDB through the workflow", () => {
  it("single-user: the new password is accepted and the old one refused", async () => {
    const login = await createLogin();
    const secret = await keyturn.storeSecret({ ...target, ...login }, { "keyturn:schedule": "nightly" });
    const callsBefore = keyturn.cloud.calls().length;
    const { output } = await keyturn.rotate(secret);
    expect(output.outcome).toBe("succeeded");
    expect(
      keyturn.cloud
        .calls()
        .slice(callsBefore)
        .filter(({ service }) => service === "secretsmanager"),
    ).toHaveLength(8);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(await letsIn(login)).toBe(false);
    expect(await keyturn.records(secret)).toMatchObject([
      { engine: "mariadb", strategy: "single-user", outcome: "succeeded" },
    ]);
  });

  it("alternating users take turns: the one before still gets in", async () => {
    const login = await createLogin();
    const admin = { username: freshName("admin"), password: "an-admin-password-of-some-length" };
    await asSuperuser(
      `CREATE USER ${admin.username} IDENTIFIED BY '${admin.password}'; GRANT CREATE USER ON *.* TO ${admin.username};
       GRANT SELECT ON mysql.* TO ${admin.username}; GRANT SELECT ON shop.* TO ${admin.username} WITH GRANT OPTION`,
    );
    const masterarn = await keyturn.storeSecret({ ...target, ...admin }, { "keyturn:admin": "true" });
    const secret = await keyturn.storeSecret({ ...target, ...login, masterarn }, { "keyturn:schedule": "nightly" });
    const credentials: Login[] = [login];
    for (const username of [`${login.username}_clone`, login.username, `${login.username}_clone`]) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      credentials.unshift(await keyturn.value(secret));
      expect(credentials[0]?.username).toBe(username);
      expect(await Promise.all(credentials.slice(0, 3).map(letsIn))).toEqual(
        [true, true, false].slice(0, credentials.length),
      );
    }
  });

  it("is rolled back by a login when the probe fails", async () => {
    const login = await createLogin();
    const secret = await keyturn.storeSecret(
      { ...target, ...login },
      { "keyturn:schedule": "nightly", "keyturn:probe": "SELECT no_such_column" },
    );
    await keyturn.rotate(secret);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back" }]);
    expect(await letsIn(login)).toBe(true);
  });
});
