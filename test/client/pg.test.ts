import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import pg from "pg";
import { afterEach, describe, expect, inject, it } from "vitest";
import { type CredentialsOptions, credentials, pgClient, pgPool } from "../../packages/client/src/client.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, freshName, type Login } from "../tools/postgres.js";
import { until } from "../tools/until.js";
import { PATIENT, secretTools } from "./secret.js";

const { host, port, caFile } = inject("postgres");
const ssl = { ca: await readFile(caFile, "utf8"), host } as object;
const keyturn = useCloud();
const { reads, move, outage } = secretTools(keyturn);

const pools: pg.Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

const secretOf = (login: Login) => keyturn.secretFor(login, { host, port });
const read = (secretId: string, options: Partial<CredentialsOptions> = {}) =>
  credentials({ secretId, client: keyturn.secrets(), ...PATIENT, ...options });

function pool(secretId: string, options: pg.PoolConfig = {}, reading: Partial<CredentialsOptions> = {}): pg.Pool {
  const made = pgPool(pg, read(secretId, reading), { ssl, ...options });
  pools.push(made);
  return made;
}

const target = { engine: "postgres", host, port, dbname: "postgres" };
const setPassword = ({ username }: Login, password: string) =>
  asSuperuser((client) => client.query(`ALTER ROLE ${username} PASSWORD ${client.escapeLiteral(password)}`));
const whoAmI = async (from: pg.Pool) => (await from.query("SELECT session_user AS me")).rows[0].me;

describe("pgPool", () => {
  it("logs in with what the secret says", async () => {
    const login = await createLogin();
    expect(await whoAmI(pool(await secretOf(login)))).toBe(login.username);
  });

  it("reads the secret once for as many connections as there are", async () => {
    const opened = pool(await secretOf(await createLogin()), { max: 20 });
    const before = reads();
    const clients = await Promise.all(Array.from({ length: 20 }, () => opened.connect()));
    for (const client of clients) client.release();
    expect(opened.totalCount).toBe(20);
    expect(reads() - before).toBe(1);
  });

  it("gets in once the label has moved, when the database was changed before it", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const orders = pool(secret, { max: 5 });
    const held = await orders.connect();
    await setPassword(login, "Changed-already-1");
    const refused = [1, 2, 3].map(() => whoAmI(orders));
    await refusedAtLeast(login.username, 3);
    await move(secret, { ...target, ...login, password: "Changed-already-1" });
    expect(await Promise.all(refused)).toEqual([login.username, login.username, login.username]);
    // The one that was open stayed.
    expect((await held.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    held.release();
  });

  // The short times from here on end what cannot succeed: on a slower machine it ends the same way.
  it("gives the database's own error when the secret does not change", async () => {
    const login = await createLogin();
    const orders = pool(await secretOf(login), { max: 1 }, { retryMs: 300, clock: Date.now });
    await setPassword(login, "Nobody-knows-1");
    const error = await orders.query("SELECT 1").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(pg.DatabaseError);
    expect(error).toMatchObject({ code: "28P01" });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(login.password);
    // Its place in the pool is free again.
    expect(orders.totalCount).toBe(0);
    await setPassword(login, login.password);
    expect(await whoAmI(orders)).toBe(login.username);
  });

  it("follows the user from one to the other, in real rotations, and leaves open connections alone", async () => {
    const login = await createLogin();
    const admin = await createAdmin(login.username);
    const masterarn = await keyturn.adminSecretFor(admin);
    const secret = await keyturn.secretFor(login, { masterarn, host, port });
    const orders = pool(secret, { max: 5 }, { ttlMs: 0 });
    const held = await orders.connect();
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await whoAmI(orders)).toBe(`${login.username}_clone`);
    expect((await held.query("SELECT session_user AS me")).rows[0].me).toBe(login.username);
    held.release();
  });

  it("tries again for a role that may no longer log in", async () => {
    const retired = await createLogin();
    const next = await createLogin();
    const secret = await secretOf(retired);
    const orders = pool(secret, { max: 2 });
    await orders.connect().then((client) => client.release(true));
    await asSuperuser((client) => client.query(`ALTER ROLE ${retired.username} NOLOGIN`));
    const connecting = whoAmI(orders);
    await move(secret, { ...target, ...next });
    expect(await connecting).toBe(next.username);
  });

  it("opens connections with the last credential while Secrets Manager is down", async () => {
    const login = await createLogin();
    const orders = pool(await secretOf(login), {}, { ttlMs: 0 });
    await orders.connect().then((client) => client.release(true));
    const out = outage();
    expect(await whoAmI(orders)).toBe(login.username);
    out.lift();
  });

  it("tries no longer than connectionTimeoutMillis", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const orders = pool(secret, { connectionTimeoutMillis: 300 });
    await setPassword(login, "Nobody-knows-2");
    await expect(orders.query("SELECT 1")).rejects.toThrow(/timeout/);
    expect(orders.totalCount).toBe(0);
  });

  it("waits no longer than connectionTimeoutMillis for Secrets Manager either", async () => {
    const orders = pool(await secretOf(await createLogin()), { connectionTimeoutMillis: 100 });
    const out = outage("hang");
    await expect(orders.query("SELECT 1")).rejects.toThrow(/timeout/);
    out.lift();
  });

  it("takes no connection string, which would have a password of its own", () => {
    expect(() => pool("any", { connectionString: "postgres://app:secret@db/shop" })).toThrow(TypeError);
  });

  it("leaves errors that are no refusals alone", async () => {
    const login = await createLogin();
    const orders = pool(await secretOf(login), { database: freshName("none") });
    await expect(orders.query("SELECT 1")).rejects.toMatchObject({ code: "3D000" });
  });
});

describe("pgClient", () => {
  it("is a client of its own, for once", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const Client = pgClient(pg.Client, read(secret));
    const client = new Client({ ssl });
    const ended = new Promise((resolve) => client.once("end", resolve));
    await setPassword(login, "Changed-already-2");
    const connecting = client.connect();
    await refusedAtLeast(login.username, 1);
    await move(secret, { ...target, ...login, password: "Changed-already-2" });
    await connecting;
    expect(client).toBeInstanceOf(pg.Client);
    expect(client.user).toBe(login.username);
    expect(inspect(client, { depth: 4 })).not.toContain("Changed-already-2");
    await expect(client.connect()).rejects.toThrow(/already been connected/);
    await client.end();
    await ended;
  });

  it("keeps what it was given before it connects, through every try", async () => {
    const login = await createLogin();
    const secret = await secretOf(login);
    const Client = pgClient(pg.Client, read(secret));
    const client = new Client({ ssl });
    client.setTypeParser(23, (text: string) => `int ${text}`);
    await setPassword(login, "Changed-already-1");
    const connected = client.connect();
    const asked = client.query("SELECT 1 AS one");
    await refusedAtLeast(login.username, 2);
    await move(secret, { ...target, ...login, password: "Changed-already-1" });
    await connected;
    expect((await asked).rows).toEqual([{ one: "int 1" }]);
    await client.end();
  });

  it("refuses the queries that wait where it does not get in", async () => {
    const login = await createLogin();
    const Client = pgClient(pg.Client, read(await secretOf(login), { retryMs: 200, clock: Date.now }));
    const client = new Client({ ssl });
    await setPassword(login, "Changed-for-good-1");
    const connected = client.connect();
    const asked = client.query("SELECT 1");
    await expect(connected).rejects.toMatchObject({ code: "28P01" });
    await expect(asked).rejects.toMatchObject({ code: "28P01" });
  });

  it("ends while it tries", async () => {
    const login = await createLogin();
    const Client = pgClient(pg.Client, read(await secretOf(login)));
    await setPassword(login, "Nobody-knows-3");
    const client = new Client({ ssl });
    const connecting = client.connect().catch((error) => error);
    await refusedAtLeast(login.username, 1);
    await client.end();
    expect((await connecting).message).toMatch(/terminated|password authentication failed/);
  });
});

/** By the server's own log. */
async function refusedAtLeast(username: string, times: number): Promise<void> {
  const { logFile } = inject("postgres");
  const refusals = async () =>
    (await readFile(logFile, "utf8")).split(`password authentication failed for user "${username}"`).length - 1;
  await until(async () => (await refusals()) >= times);
}
