import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { databases } from "../src/lambda/databases.js";
import { removePostgres } from "../src/local/postgres/cluster.js";
import { startPostgres } from "../src/local/postgres/server.js";
import { ratio, type Spread, spread } from "./spread.js";

export interface LoginFigures {
  readonly engine: string;
  readonly logins: number;
  /** Logged in, told who that is, and closed. */
  readonly keyturnMs: Spread;
  /** The driver alone, with TLS verified for the same authority: logged in and closed. */
  readonly driverMs: Spread;
  readonly ratio: number;
}

const WARM_UP = 10;

/** A login of ours beside one of the driver's own, in turns. */
export async function measureLogins(times: number, interrupted: AbortSignal): Promise<LoginFigures> {
  const dataDir = ".keyturn/bench-logins";
  await removePostgres(dataDir);
  const database = await startPostgres({ dataDir, superuserPassword: randomUUID() });
  try {
    const { host, port, superuser: username, superuserPassword: password, caFile = "" } = database;
    const ca = await readFile(caFile, "utf8");
    const target = { host, port, database: "postgres" };
    const ways = [
      async () => {
        const session = await databases(caFile).login({ ...target, engine: "postgres", username, password, tls: true });
        await session.whoAmI();
        await session.close();
      },
      async () => {
        const client = new pg.Client({ ...target, user: username, password, ssl: { ca } });
        await client.connect();
        await client.end();
      },
    ];
    for (let turn = 0; turn < WARM_UP; turn += 1) for (const login of ways) await login();
    const taken: [number[], number[]] = [[], []];
    for (let turn = 0; turn < times; turn += 1) {
      interrupted.throwIfAborted();
      for (const [way, login] of ways.entries()) taken[way]?.push(await timed(login));
    }
    const [keyturnMs, driverMs] = [spread(taken[0]), spread(taken[1])];
    return {
      engine: `PostgreSQL ${database.version}`,
      logins: times,
      keyturnMs,
      driverMs,
      ratio: ratio(keyturnMs, driverMs),
    };
  } finally {
    await database.stop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
