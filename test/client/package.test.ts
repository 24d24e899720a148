import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { sdkEnvironment } from "../../src/local/sdk-environment.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";

const run = promisify(execFile);
const { host, port, caFile } = inject("postgres");
const keyturn = useCloud();

/** An application's folder with what `npm pack` made in its node_modules, and the application's own drivers. */
let folder: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-application-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder]);
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: Array<{ path: string }> }];
  files = packed.files.map(({ path }) => path);
  const installed = join(folder, "node_modules", "keyturn");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, packed.filename), "--strip-components=1", "-C", installed]);
  for (const name of ["@aws-sdk", "@types", "pg", "mysql2"])
    await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
  await writeFile(join(folder, "package.json"), "{}");
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const USE = `
  const pool = pgPool(pg, credentials({ secretId: process.env.SECRET }), {
    ssl: { ca: readFileSync(process.env.CA_FILE), host: process.env.HOST },
  });
  pool.query("SELECT session_user AS me").then(({ rows }) => {
    console.log(rows[0].me);
    return pool.end();
  });
`;
const PROGRAMS = {
  "program.mjs": `import { readFileSync } from "node:fs";
import pg from "pg";
import { credentials, pgPool } from "keyturn/client";
${USE}`,
  "program.cjs": `const { readFileSync } = require("node:fs");
const pg = require("pg");
const { credentials, pgPool } = require("keyturn/client");
${USE}`,
};

it.each(Object.entries(PROGRAMS))("works from the package: %s", async (name, program) => {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login, { host, port });
  await writeFile(join(folder, name), program);
  const { stdout } = await run(process.execPath, [name], {
    cwd: folder,
    env: {
      ...process.env,
      ...sdkEnvironment(keyturn.cloud.clientConfig),
      SECRET: secret,
      CA_FILE: caFile,
      HOST: host,
    },
  });
  expect(stdout).toBe(`${login.username}\n`);
});

const TYPED = `
import { type Credential, type Credentials, credentials, mysqlPool, pgClient, pgPool } from "keyturn/client";
import mysqlCallbacks from "mysql2";
import mysql from "mysql2/promise";
import pg from "pg";
export const orders: Credentials = credentials({ secretId: "shop/orders", ttlMs: 60_000 });
export const pool: pg.Pool = pgPool(pg, orders, { max: 20 });
export const client: pg.Client = new (pgClient(pg.Client, orders))({ application_name: "orders" });
export const promises: mysql.Pool = mysqlPool(mysql, orders, { connectionLimit: 20 });
export const callbacks: mysqlCallbacks.Pool = mysqlPool(mysqlCallbacks, orders);
export const length: Promise<number> = orders.withCredential(async ({ password }: Credential) => password.length);
// @ts-expect-error a pool has no such option
pgPool(pg, orders, { max: "many" });
// @ts-expect-error there must be a secret
credentials({});
`;

it.each(["typed.mts", "typed.cts"])("has types: %s", async (name) => {
  await writeFile(join(folder, name), TYPED);
  const flags = ["--strict", "--module", "nodenext", "--target", "es2023", "--esModuleInterop", "--noEmit"];
  await run(resolve("node_modules/.bin/tsc"), [...flags, "--types", "node", name], { cwd: folder }).catch(
    ({ stdout }) => expect(stdout).toBe(""),
  );
});

it("holds the client and nothing else", async () => {
  expect(files.filter((path) => !/^dist\/client\/(esm|cjs)\/[a-z]+\.(js|d\.ts|json)$/.test(path))).toEqual([
    "LICENSE",
    "README.md",
    "package.json",
  ]);
  // The drivers are the application's.
  for (const path of files.filter((file) => file.endsWith("client.js"))) {
    const text = await readFile(join(folder, "node_modules/keyturn", path), "utf8");
    expect(text).not.toMatch(/(from|require\()\s*["'](pg|mysql2)/);
  }
});
