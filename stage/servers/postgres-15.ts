import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { type PostgresServer, startPostgres } from "../../src/local/postgres/server.js";
import { bookwormWithNeeds, unpacked } from "./debian.js";

/** Starts Debian's PostgreSQL 15, in which CREATEROLE is all that an admin needs. */
export async function startPostgres15(): Promise<PostgresServer> {
  const root = await unpacked("postgresql-15", bookwormWithNeeds("postgresql-15"));
  const folder = await mkdtemp(join(tmpdir(), "keyturn-postgres15-"));
  const dataDir = join(folder, "data");
  const server = await startPostgres({
    dataDir,
    superuserPassword: randomBytes(18).toString("base64url"),
    programs: { root, bin: "usr/lib/postgresql/15/bin", version: "15", libraries: "usr/lib/x86_64-linux-gnu" },
    settings: { log_statement: "all" },
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      await removePostgres(dataDir);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
