import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import mysqlCallbacks from "mysql2";
import mysql, { type Pool, type PoolConnection, type PoolOptions } from "mysql2/promise";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type CredentialsOptions, credentials, mysqlPool } from "../../packages/client/src/client.js";
import { mysqlTools } from "../../stage/mysql-tools.js";
import { startMariadb } from "../../stage/servers/mariadb.js";
import { useCloud } from "../tools/cloud.js";
import type { Login } from "../tools/postgres.js";
import { until } from "../tools/until.js";
import { PATIENT, secretTools } from "./secret.js";

const server = await startMariadb();
afterAll(() => server.stop());
const keyturn = useCloud({ caFile: server.caFile });
const { reads, move, outage } = secretTools(keyturn);
const target = { engine: "mariadb", host: server.host, port: server.port, dbname: "shop" };

const superuser = mysql.createPool({
  ...{ host: server.host, port: server.port, user: "superuser", password: server.superuserPassword },
  multipleStatements: true,
});
afterAll(() => superuser.end());

const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

const { createLogin } = mysqlTools(server);

const secretOf = (login: Login) => keyturn.storeSecret({ ...target, ...login }, { "keyturn:schedule": "nightly" });
const read = (secretId: string, options: Partial<CredentialsOptions> = {}) =>
  credentials({ secretId, client: keyturn.secrets(), ...PATIENT, ...options });

function pool(secretId: string, options: PoolOptions = {}, reading: Partial<CredentialsOptions> = {}): Pool {
  const made = mysqlPool(mysql, read(secretId, reading), options);
  pools.push(made);
  return made;
}

const setPassword = ({ username }: Login, password: string) =>
  superuser.query(`ALTER USER ${username} IDENTIFIED BY '${password}'`);

async function whoAmI(from: Pool | PoolConnection): Promise<string> {
  const [rows] = await from.query("SELECT SUBSTRING_INDEX(USER(), '@', 1) AS me, DATABASE() AS shop");
  const [{ me, shop } = { me: "", shop: "" }] = rows as Array<{ me: string; shop: string }>;
  expect(shop).toBe("shop");
  return me;
}

/** By the server's own log. */
async function refusedAtLeast(username: string, times: number): Promise<void> {
  const refusals = async () =>
    (await readFile(server.generalLog, "utf8")).split(`Access denied for user '${username}'@`).length - 1;
  await until(async () => (await refusals()) >= times);
}

describe("mysqlPool", () => {
  it("logs in with what the secret says", async () => {
    const login = await createLogin();
    expect(await whoAmI(pool(await secretOf(login)))).toBe(login.username);
  });

  it("gives a pool with callbacks for the driver with callbacks", async () => {
    const login = await createLogin();
    const orders = mysqlPool(mysqlCallbacks, read(await secretOf(login)));
    const me = await new Promise((resolve, reject) => {
      orders.query("SELECT SUBSTRING_INDEX(USER(), '@', 1) AS me", (error, rows) =>
        error ? reject(error) : resolve((rows as Array<{ me: string }>)[0]?.me),
      );
    });
    expect(me).toBe(login.username);
    expect(await whoAmI(orders.promise() as unknown as Pool)).toBe(login.username);
    await orders.promise().end();
  });

  it("gets in once the label has moved, when the database was changed before it", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const orders = pool(secret);
    const held = await orders.getConnection();
    await setPassword(login, "Changed-already-1");
    const refused = [1, 2, 3].map(() => orders.execute("SELECT 1"));
    await refusedAtLeast(login.username, 3);
    await move(secret, { ...target, ...login, password: "Changed-already-1" });
    expect(await Promise.all(refused)).toHaveLength(3);
    // The one that was open stayed.
    expect(await whoAmI(held)).toBe(login.username);
    held.release();
  });

  it("serves a hundred callers with two connections, through a change", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const orders = pool(secret, { connectionLimit: 2 });
    await setPassword(login, "Changed-already-2");
    const all = Promise.all(Array.from({ length: 100 }, () => whoAmI(orders)));
    await refusedAtLeast(login.username, 1);
    await move(secret, { ...target, ...login, password: "Changed-already-2" });
    expect(new Set(await all)).toEqual(new Set([login.username]));
  });

  // The short time ends what cannot succeed: on a slower machine it ends the same way.
  it("gives the database's own error when the secret does not change, and the place in the pool back", async () => {
    const login = await createLogin();
    const orders = pool(await secretOf(login), { connectionLimit: 1 }, { retryMs: 300, clock: Date.now });
    await setPassword(login, "Nobody-knows-1");
    const error = await orders.query("SELECT 1").catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "ER_ACCESS_DENIED_ERROR", errno: 1045 });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(login.password);
    await setPassword(login, login.password);
    expect(await whoAmI(orders)).toBe(login.username);
  });

  it("tries again for an account that was locked", async () => {
    const [retired, next] = [await createLogin(), await createLogin()];
    const secret = await secretOf(retired);
    const orders = pool(secret);
    await superuser.query(`ALTER USER ${retired.username} ACCOUNT LOCK`);
    const before = reads();
    const connecting = whoAmI(orders);
    await until(() => reads() > before + 1);
    await move(secret, { ...target, ...next });
    expect(await connecting).toBe(next.username);
  });

  it("follows the user from one to the other", async () => {
    const [one, other] = [await createLogin(), await createLogin()];
    const secret = await secretOf(one);
    const orders = pool(secret, {}, { ttlMs: 0 });
    const held = await orders.getConnection();
    await move(secret, { ...target, ...other });
    expect(await whoAmI(orders)).toBe(other.username);
    expect(await whoAmI(held)).toBe(one.username);
    held.release();
  });

  it("hands out open connections whatever Secrets Manager does", async () => {
    const login = await createLogin();
    const orders = pool(await secretOf(login), {}, { ttlMs: 0, staleMs: 0 });
    await orders.query("SELECT 1");
    const out = outage();
    expect(await whoAmI(orders)).toBe(login.username);
    const held = await orders.getConnection();
    await expect(orders.query("SELECT 1")).rejects.toMatchObject({ code: "Unreadable" });
    out.lift();
    held.release();
  });

  it("takes no uri, which would have a password of its own", () => {
    expect(() => pool("any", { uri: "mysql://app:secret@db/shop" })).toThrow(TypeError);
  });
});
