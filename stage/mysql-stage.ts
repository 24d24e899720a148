import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { TEMPLATE } from "../infra/package.mjs";
import { type Cloud, startCloud } from "../src/local/cloud.js";
import { privateFolder } from "../src/local/disk/private-folder.js";
import { mysqlTools } from "./mysql-tools.js";
import type { MariadbServer } from "./servers/mariadb.js";
import { storeSecret } from "./store-secret.js";

/** A running MariaDB or MySQL, and the cloud. */
export interface MysqlStage {
  readonly engine: "mariadb" | "mysql";
  readonly server: MariadbServer;
  readonly cloud: Cloud;
}

/** Brings up the embedded cloud beside the server, with nothing of what earlier starts kept in `dataDir`. */
export async function setMysqlStage(
  engine: MysqlStage["engine"],
  server: MariadbServer,
  dataDir: string,
): Promise<MysqlStage> {
  await rm(dataDir, { recursive: true, force: true });
  for (const folder of [dirname(dataDir), dataDir]) privateFolder(folder);
  const cloud = await startCloud({
    templateFile: TEMPLATE,
    dataDir: `${dataDir}/cloud`,
    environment: { KEYTURN_CA_FILE: server.caFile },
  });
  return { engine, server, cloud };
}

/** By which MySQL knows whose clone is whose, as docs/engines/mysql.md has them made. */
const MARKS = "keyturn_base, keyturn_clone, keyturn_making, keyturn_retired";

/**
 * Makes an application's user, an admin, and the secrets of both. The application's names the admin's where the strategy
 * needs it. Gives the ARN of the application's.
 */
export async function castMysqlActors(
  { engine, server, cloud }: MysqlStage,
  strategy: "single-user" | "alternating-users" | "dual-password",
): Promise<string> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { asSuperuser, createLogin, createAdmin } = mysqlTools(server);
  const admin = await createAdmin();
  if (engine === "mysql" && strategy === "alternating-users") {
    await asSuperuser(`CREATE ROLE IF NOT EXISTS ${MARKS}; GRANT ${MARKS} TO ${admin.username} WITH ADMIN OPTION`);
  }
  const target = { engine, host: server.host, port: server.port, dbname: "shop" };
  const masterarn = await storeSecret(secrets, {
    name: "shop/admin",
    value: { ...target, ...admin },
    tags: { "keyturn:admin": "shop/" },
  });
  return storeSecret(secrets, {
    name: "shop/orders",
    value: { ...target, ...(await createLogin()), ...(strategy === "single-user" ? {} : { masterarn }) },
    tags: { "keyturn:schedule": "bench", "keyturn:strategy": strategy },
  });
}
