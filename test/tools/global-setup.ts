import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { ensurePackage, TEMPLATE } from "../../infra/package.mjs";
import { ensureClient } from "../../packages/client/build.mjs";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { startPostgres } from "../../src/local/postgres/server.js";

export interface SharedPostgres {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly superuserPassword: string;
  readonly caFile: string;
  readonly logFile: string;
  readonly version: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** The packaged template. */
    template: string;
    /** Where its functions are unpacked, once for all tests. */
    code: string;
    /** One server for all tests: users and databases are each test's own. */
    postgres: SharedPostgres;
  }
}

export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-test-"));
  const dataDir = join(folder, "postgres");
  const [server] = await Promise.all([
    startPostgres({
      dataDir,
      // Whoever knows it runs programs as we do.
      superuserPassword: randomBytes(18).toString("base64url"),
      settings: { log_statement: "all", max_connections: "200" },
    }),
    ensurePackage(),
    ensureClient(),
  ]);
  const { host, port, superuser, superuserPassword, caFile = "", logFile, version } = server;
  project.provide("template", TEMPLATE);
  project.provide("code", join(folder, "code"));
  project.provide("postgres", { host, port, superuser, superuserPassword, caFile, logFile, version });
  return async () => {
    await server.stop();
    await removePostgres(dataDir);
    await rm(folder, { recursive: true, force: true });
  };
}
