import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { startPostgres } from "../../src/local/postgres/server.js";
import { mysqlTools } from "../../stage/mysql-tools.js";
import { toolsFor } from "../../stage/postgres-tools.js";
import { startMariadb } from "../../stage/servers/mariadb.js";
import { Unavailable } from "../proof/report.js";
import type { Server } from "./actors.js";

/** A server that runs. */
export interface RunningServer {
  readonly server: Server;
  readonly caFile: string;
  asSuperuser(sql: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function postgres(dataDir: string): Promise<RunningServer> {
  await removePostgres(dataDir);
  const running = await startPostgres({ dataDir, superuserPassword: randomBytes(18).toString("base64url") });
  const { port, caFile = "" } = running;
  const { createLogin, createAdmin, letsIn, asSuperuser } = toolsFor({ ...running, caFile });
  return {
    server: {
      ...{ engine: "postgres", host: "localhost", port, dbname: "postgres" },
      ...{ createLogin: () => createLogin(), createAdmin, letsIn },
    },
    caFile,
    asSuperuser: (sql) => asSuperuser((client) => client.query(sql)),
    async stop() {
      await running.stop();
      await removePostgres(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * With the certificate of the other server: of two authorities with one name, OpenSSL asks one alone. Throws `Unavailable`
 * where Debian's packages cannot be had.
 */
export async function mariadb({ caFile: shared }: RunningServer): Promise<RunningServer> {
  const running = await startMariadb({ tlsFolder: dirname(shared) }).catch((error: Error) => {
    throw new Unavailable(error.message.split("\n")[0]);
  });
  const { port, caFile } = running;
  const { createLogin, createAdmin, letsIn, asSuperuser } = mysqlTools(running);
  return {
    server: {
      ...{ engine: "mariadb", host: "localhost", port, dbname: "shop" },
      ...{ createLogin: () => createLogin(), createAdmin: () => createAdmin(), letsIn },
    },
    caFile,
    asSuperuser,
    stop: () => running.stop(),
  };
}
