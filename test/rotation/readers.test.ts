import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { type PostgresServer, startPostgres } from "../../src/local/postgres/server.js";
import type { Check } from "../../src/rotation/dry-run/checklist.js";
import { toolsFor } from "../../stage/postgres-tools.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";
import { startProxy } from "../tools/tcp-proxy.js";

const shared = inject("postgres");
const folder = mkdtempSync(join(tmpdir(), "keyturn-readers-"));
const dataDir = join(folder, "standby");

/** What the standby knew when it last heard of its primary. */
const known: Login = { username: "followed_app", password: "kn0wn-to~the.standby" };
const options = { dataDir, superuserPassword: randomBytes(18).toString("base64url") };

let standby: PostgresServer;
/** A way to the primary itself: a reader that is never behind. */
let follower: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
  const first = await startPostgres(options);
  await toolsFor({ ...first, caFile: first.caFile ?? "" }).asSuperuser((client) =>
    client.query(`CREATE ROLE ${known.username} LOGIN PASSWORD ${client.escapeLiteral(known.password)}`),
  );
  await first.stop();
  await writeFile(join(dirname(first.logFile), "data", "standby.signal"), "");
  // One authority for both, as the servers of a cluster have.
  for (const file of ["server.crt", "server.key"])
    await writeFile(join(dirname(first.caFile ?? ""), file), await readFile(join(dirname(shared.caFile), file)));
  standby = await startPostgres({ ...options, port: first.port });
  follower = await startProxy(shared);
  await asSuperuser((client) =>
    client.query(`CREATE ROLE ${known.username} LOGIN PASSWORD ${client.escapeLiteral(known.password)}`),
  );
});

const keyturn = useCloud({ rules: { readers: ["127.*.*.*", "no-such.*", "db", "*.example.com"] } });

afterAll(async () => {
  await follower.close();
  await standby.stop();
  await removePostgres(dataDir);
  await rm(folder, { recursive: true, force: true });
});

const withReaders = (login: Login, readers: string, fields: object = {}) =>
  keyturn.secretFor(login, fields, { "keyturn:readers": readers });

describe("readers", () => {
  it("that follow let the new credential in before it becomes current", async () => {
    const secret = await withReaders(await createLogin(), `127.0.0.1:${follower.port} ${shared.host}`);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("that are behind are waited for, then the rotation is rolled back", async () => {
    const login = await createLogin();
    const secret = await withReaders(login, `127.0.0.1:${follower.port} 127.0.0.1:${standby.port}`);
    const { status, error, cause } = await keyturn.rotate(secret);
    expect({ status, error }).toEqual({ status: "FAILED", error: "TransientError" });
    expect(cause).toContain(`ReaderBehind: The reader 127.0.0.1:${standby.port}`);
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ outcome: "rolled back", reason: "ReaderBehind" });
    expect(record?.phases).toContainEqual(expect.objectContaining({ name: "test", attempts: 6 }));
    expect(await letsIn(login)).toBe(true);
    expect(await keyturn.value(secret)).toMatchObject(login);
  });

  it("keep alternating users apart: the user in use is not touched where the next one is not known everywhere", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await withReaders(login, `127.0.0.1:${standby.port}`, { masterarn });
    await keyturn.rotate(secret);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back", reason: "ReaderBehind" }]);
    expect(await keyturn.value(secret)).toMatchObject(login);
    expect(await letsIn(login)).toBe(true);
  });

  it("that are behind when a rotation was stopped have it rolled back, not forward", async () => {
    const login = await createLogin();
    const secret = await withReaders(login, `127.0.0.1:${standby.port}`);
    const executionArn = await keyturn.hangIn("test-secret", "before", secret);
    await keyturn.stop(executionArn);
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "rolled back" }]);
    expect(await keyturn.value(secret)).toMatchObject(login);
    expect(await letsIn(login)).toBe(true);
  });

  it("that cannot be reached are waited for too, and carry the rotation on once they can", async () => {
    const secret = await withReaders(await createLogin(), `127.0.0.1:${follower.port}`);
    let tries = 0;
    follower.refuse();
    const off = keyturn.cloud.onHistory(({ state, type }) => {
      if (state !== "Test secret" || type !== "TaskFailed") return;
      tries += 1;
      if (tries === 2) follower.heal();
    });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    off();
    expect(tries).toBe(2);
  });

  it("may be read-only replicas, which the secret's own host may not", async () => {
    const replicated = await keyturn.check(await withReaders(known, `127.0.0.1:${standby.port}`));
    expect(replicated.output).toMatchObject({ ok: true });
    expect(replicated.output.checks).toContainEqual(expect.objectContaining({ check: "Readers", ok: true }));
    const own = await keyturn.secretFor(known, { host: standby.host, port: standby.port });
    const { output } = await keyturn.check(own);
    const wrong = (output.checks as Check[]).filter(({ ok }) => !ok);
    expect(wrong).toContainEqual(expect.objectContaining({ check: "Login", code: "ReaderEndpoint" }));
  });

  it("are asked on a dry run whether they let AWSCURRENT in", async () => {
    const good = await withReaders(await createLogin(), `127.0.0.1:${follower.port}`);
    const checks = (await keyturn.check(good)).output.checks as Check[];
    expect(checks).toContainEqual(expect.objectContaining({ check: "Readers", ok: true }));
    const behind = await withReaders(await createLogin(), `127.0.0.1:${standby.port}`);
    const { output } = await keyturn.check(behind);
    expect(output).toMatchObject({ ok: false, reason: "ReaderBehind" });
  });
});
