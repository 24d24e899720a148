import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { asSuperuser, castActors } from "../../stage/actors.js";
import { clearStage, type Stage, setStage } from "../../stage/stage.js";
import { secretForAws } from "../aws/rotate.js";
import type { Arena, Strategy } from "./arena.js";

const DATA = ".keyturn/bench";

export async function postgresArena(strategy: Exclude<Strategy, "dual-password">): Promise<Arena> {
  await clearStage(DATA);
  const stage = await setStage({ dataDir: DATA, databaseSettings: { log_statement: "ddl" } });
  const { cloud, database } = stage;
  try {
    const alternating = strategy === "alternating-users";
    const { secretArn: secretId, adminArn } = await castActors(stage, { schedule: "bench", alternating });
    return {
      engine: `PostgreSQL ${database.version}`,
      strategy,
      cloud,
      caFile: database.caFile ?? "",
      secretId,
      aws: await castForAws(stage, alternating ? adminArn : undefined),
      async seen(since) {
        const { ok, failed } = await database.logins(since);
        const log = await readFile(database.logFile, "utf8");
        const changes = [...log.matchAll(/^(\S+ \S+) UTC\|\d+\|\w+\|LOG: {2}statement: SET ROLE NONE; ALTER ROLE/gm)];
        return {
          ok: ok.map(({ at }) => at),
          failed: failed.map(({ at }) => at),
          changes: changes.map(([, time = ""]) => new Date(`${time.replace(" ", "T")}Z`)),
        };
      },
      stop: stage.stop,
    };
  } catch (error) {
    await stage.stop();
    throw error;
  }
}

async function castForAws({ database, cloud }: Stage, masterarn: string | undefined) {
  const user = { username: "orders_aws", password: randomUUID() };
  await asSuperuser(database, async (client) => {
    await client.query(`CREATE ROLE ${user.username} LOGIN PASSWORD '${user.password}'`);
    await client.query(`GRANT ${user.username} TO keyturn_admin WITH ADMIN OPTION`);
  });
  const { host, port, caFile = "" } = database;
  const value = { engine: "postgres", host, port, dbname: "shop", ...user, ...(masterarn ? { masterarn } : {}) };
  return secretForAws(cloud, value, caFile);
}
