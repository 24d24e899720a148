import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removePostgres } from "../../../src/local/postgres/cluster.js";
import { type PostgresServer, startPostgres } from "../../../src/local/postgres/server.js";
import { toolsFor } from "../../../stage/postgres-tools.js";

let folder: string;
let dataDir: string;
let server: PostgresServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-postgres-"));
  // For the user as which root runs the server.
  chmodSync(folder, 0o711);
  dataDir = join(folder, "postgres");
});
afterEach(async () => {
  await server?.stop();
  await removePostgres(dataDir);
  await rm(folder, { recursive: true, force: true });
});

const start = async () => {
  server = await startPostgres({ dataDir, superuserPassword: "of the test" });
  return server;
};
const postmaster = () => Number(readFileSync(join(dataDir, "data", "postmaster.pid"), "utf8").split("\n")[0]);
const answers = ({ caFile = "", ...running }: PostgresServer) =>
  toolsFor({ ...running, caFile }).asSuperuser(async (client) => (await client.query("SELECT 1")).rowCount);

describe("a server's data", () => {
  it("is one process's at a time: another neither starts on it, nor stops the server, nor removes it", async () => {
    const running = await start();
    const refused = `PostgreSQL is already running on the data in ${dataDir}. Stop it first.`;
    await expect(startPostgres({ dataDir, superuserPassword: "another" })).rejects.toThrow(refused);
    await expect(removePostgres(dataDir)).rejects.toThrow(refused);
    expect(await answers(running)).toBe(1);
  });

  it("is kept from start to start, and free for the next when its server was stopped", async () => {
    await (await start()).stop();
    expect(await answers(await start())).toBe(1);
  });

  it("is made whole or not at all: what a start that was cut off has left is removed", async () => {
    const half = join(dataDir, "unfinished-1");
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, "PG_VERSION"), "18\n");
    if (process.getuid?.() === 0) chownSync(half, 65_534, 65_534);
    expect(await answers(await start())).toBe(1);
    expect(existsSync(half)).toBe(false);
    expect(readdirSync(dataDir).sort()).toEqual(["data", "lock", "postgres.log", "tls"]);
  });
});

describe("a server that ends", () => {
  it("by itself says how, and the next start on its data gets in", async () => {
    const running = await start();
    process.kill(postmaster(), "SIGKILL");
    expect(await running.ended).toBe("SIGKILL");
    await running.stop();
    expect(await answers(await start())).toBe(1);
  });

  it("because it was stopped has ended well", async () => {
    const running = await start();
    await running.stop();
    expect(await running.ended).toBe("exit code 0");
  });

  it("before it was ready is told with what it said, and leaves the data free", async () => {
    const wrong = { dataDir, superuserPassword: "of the test", settings: { max_connections: "none" } };
    await expect(startPostgres(wrong)).rejects.toThrow(/PostgreSQL did not start: exit code 1\n[\s\S]*max_connections/);
    expect(await answers(await start())).toBe(1);
  });
});
