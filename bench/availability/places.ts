import type { Cloud } from "../../src/local/cloud.js";
import { castActors } from "../../stage/actors.js";
import { castMysqlActors, setMysqlStage } from "../../stage/mysql-stage.js";
import type { MariadbServer } from "../../stage/servers/mariadb.js";
import { clearStage, setStage } from "../../stage/stage.js";
import type { Task } from "./messages.js";

/** A database, the cloud and a secret, ready to be rotated. */
export interface Place {
  readonly engine: string;
  readonly cloud: Cloud;
  readonly driver: Task["driver"];
  readonly secretId: string;
  readonly caFile: string;
  stop(): Promise<void>;
}

const DATA = ".keyturn/availability";

/** PostgreSQL, with an admin for the clones. */
export async function postgresPlace(strategy: "single-user" | "alternating-users"): Promise<Place> {
  await clearStage(DATA);
  const stage = await setStage({ dataDir: DATA, databaseSettings: { max_connections: "300" } });
  const { secretArn } = await castActors(stage, { schedule: "bench", alternating: strategy === "alternating-users" });
  const { caFile = "", version } = stage.database;
  return {
    engine: `PostgreSQL ${version}`,
    cloud: stage.cloud,
    driver: "pg",
    secretId: secretArn,
    caFile,
    stop: stage.stop,
  };
}

/** A running MariaDB, with dual password. */
export async function mariadbPlace(server: MariadbServer): Promise<Place> {
  const stage = await setMysqlStage("mariadb", server, DATA);
  const secretId = await castMysqlActors(stage, "dual-password");
  return {
    engine: "MariaDB 10.11",
    cloud: stage.cloud,
    driver: "mysql2",
    secretId,
    caFile: server.caFile,
    stop: stage.cloud.stop,
  };
}
