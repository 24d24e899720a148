import type { MysqlStage } from "../../stage/mysql-stage.js";
import { type MariadbServer, startMariadb } from "../../stage/servers/mariadb.js";
import { startMysql } from "../../stage/servers/mysql.js";
import type { Arena } from "./arena.js";
import { mysqlArena } from "./mysql.js";
import { postgresArena } from "./postgres.js";

export interface NotMeasured {
  readonly what: string;
  readonly reason: string;
}

/** Does the work on every engine that can be had here, with each of its strategies. Gives what cannot be had, and says it. */
export async function inEachArena(
  work: (arena: Arena) => Promise<void>,
  interrupted: AbortSignal,
): Promise<NotMeasured[]> {
  const doIn = async (arena: Arena) => work(arena).finally(() => arena.stop());
  for (const strategy of ["single-user", "alternating-users"] as const) {
    interrupted.throwIfAborted();
    await doIn(await postgresArena(strategy));
  }
  const missing: NotMeasured[] = [];
  for (const [kind, { name, start }] of Object.entries(SERVERS)) {
    interrupted.throwIfAborted();
    const server = await serverOr(name, start, interrupted);
    if ("reason" in server) {
      missing.push(server);
      continue;
    }
    try {
      for (const strategy of ["single-user", "alternating-users", "dual-password"] as const) {
        interrupted.throwIfAborted();
        await doIn(await mysqlArena(kind as MysqlStage["engine"], server, strategy));
      }
    } finally {
      await server.stop();
    }
  }
  return missing;
}

const SERVERS: Readonly<Record<MysqlStage["engine"], { name: string; start: () => Promise<MariadbServer> }>> = {
  mariadb: { name: "MariaDB", start: () => startMariadb() },
  mysql: { name: "MySQL", start: () => startMysql() },
};

/** The server, or why there is none here, which is said aloud. */
export async function serverOr<Server extends object>(
  what: string,
  start: () => Promise<Server>,
  interrupted: AbortSignal,
): Promise<Server | NotMeasured> {
  try {
    return await start();
  } catch (error) {
    interrupted.throwIfAborted();
    const reason = `it cannot be had here: ${(error as Error).message.split("\n")[0]}`;
    console.error(`\nNOT MEASURED: ${what}, ${reason}\n`);
    return { what, reason };
  }
}
