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

/** An application's folder, in which npm has installed what `npm pack` made. */
let folder: string;
let packed: string[];
/** What npm notes of each package that came along, by its path in the folder. */
let installed: Readonly<Record<string, { hasInstallScript?: boolean }>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-application-"));
  await writeFile(join(folder, "package.json"), "{}");
  const { stdout } = await run("npm", ["pack", "--json", "-w", "@keyturn/client", "--pack-destination", folder]);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: Array<{ path: string }> }];
  packed = files.map(({ path }) => path);
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`], { cwd: folder });
  installed = JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8")).packages;
  // The application's own drivers, which the client is handed, and its types.
  await mkdir(join(folder, "node_modules/@types"));
  for (const name of ["@types/node", "@types/pg", "pg", "mysql2"])
    await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("brings Secrets Manager's SDK along and nothing else: no driver, no script that runs at the installation", () => {
  const names = Object.keys(installed).map((path) => path.replace(/^.*node_modules\//, ""));
  expect(names).toContain("@aws-sdk/client-secrets-manager");
  expect(names.filter((name) => /^(pg|mysql2|mongodb|tedious|oracledb)/.test(name))).toEqual([]);
  expect(Object.entries(installed).filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  // 25 with the SDK of November 2026.
  expect(names.length).toBeLessThan(40);
});

it("holds the client and nothing else", () => {
  const others = packed.filter((path) => !/^dist\/(esm|cjs)\/([a-z]+\.d\.ts|client\.js|package\.json)$/.test(path));
  expect(others).toEqual(["LICENSE", "README.md", "package.json"]);
});

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
import { credentials, pgPool } from "@keyturn/client";
import pg from "pg";
${USE}`,
  "program.cjs": `const { readFileSync } = require("node:fs");
const { credentials, pgPool } = require("@keyturn/client");
const pg = require("pg");
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
import { type Credential, type Credentials, credentials, mysqlPool, pgClient, pgPool } from "@keyturn/client";
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

it("has types, for import and for require", async () => {
  const names = ["typed.mts", "typed.cts"];
  for (const name of names) await writeFile(join(folder, name), TYPED);
  const flags = ["--strict", "--module", "nodenext", "--target", "es2023", "--esModuleInterop", "--noEmit"];
  const tsc = run(resolve("node_modules/.bin/tsc"), [...flags, "--types", "node", ...names], { cwd: folder });
  await tsc.catch(({ stdout }) => expect(stdout).toBe(""));
});
