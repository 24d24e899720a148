import { mkdir, rm } from "node:fs/promises";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createConnection } from "mysql2/promise";
import { TEMPLATE } from "../../infra/package.mjs";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { castActors } from "../../stage/actors.js";
import type { MariadbServer } from "../../stage/servers/mariadb.js";
import { clearStage, setStage } from "../../stage/stage.js";
import { storeSecret } from "../../stage/store-secret.js";
import type { Task } from "./messages.js";

/** A database, the cloud and a secret, ready to be rotated. */
export interface Place {
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
  const { caFile = "" } = stage.database;
  return { cloud: stage.cloud, driver: "pg", secretId: secretArn, caFile, stop: stage.stop };
}

/** A running MariaDB, with dual password. */
export async function mariadbPlace(server: MariadbServer): Promise<Place> {
  await rm(DATA, { recursive: true, force: true });
  await mkdir(DATA, { recursive: true, mode: 0o700 });
  const cloud = await startCloud({
    templateFile: TEMPLATE,
    dataDir: `${DATA}/cloud`,
    environment: { KEYTURN_CA_FILE: server.caFile },
  });
  const [password, adminPassword] = ["A-first-password-of-some-length", "An-admin-password-of-some-length"];
  const connection = await createConnection({
    host: server.host,
    port: server.port,
    user: "superuser",
    password: server.superuserPassword,
    multipleStatements: true,
  });
  await connection.query(
    `CREATE USER orders IDENTIFIED BY '${password}'; GRANT SELECT ON shop.* TO orders;
     CREATE USER keyturn_admin IDENTIFIED BY '${adminPassword}'; GRANT CREATE USER ON *.* TO keyturn_admin;
     GRANT SELECT ON mysql.* TO keyturn_admin; GRANT SELECT ON shop.* TO keyturn_admin WITH GRANT OPTION`,
  );
  await connection.end();
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const target = { engine: "mariadb", host: server.host, port: server.port, dbname: "shop" };
  const masterarn = await storeSecret(secrets, {
    name: "shop/admin",
    value: { ...target, username: "keyturn_admin", password: adminPassword },
    tags: { "keyturn:admin": "shop/" },
  });
  const secretId = await storeSecret(secrets, {
    name: "shop/orders",
    value: { ...target, username: "orders", password, masterarn },
    tags: { "keyturn:schedule": "bench", "keyturn:strategy": "dual-password" },
  });
  return {
    cloud,
    driver: "mysql2",
    secretId,
    caFile: server.caFile,
    stop: cloud.stop,
  };
}
