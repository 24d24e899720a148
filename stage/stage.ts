import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TEMPLATE } from "../infra/package.mjs";
import { type Cloud, startCloud } from "../src/local/cloud.js";
import { keptFile } from "../src/local/disk/private-file.js";
import { privateFolder } from "../src/local/disk/private-folder.js";
import { removePostgres } from "../src/local/postgres/cluster.js";
import { type PostgresServer, startPostgres } from "../src/local/postgres/server.js";

/** A database and the cloud, running. */
export interface Stage {
  readonly database: PostgresServer;
  readonly cloud: Cloud;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** Kept from start to start: a folder in `.keyturn`, which is for its owner alone. */
  readonly dataDir: string;
  readonly endpointPort?: number;
  readonly databasePort?: number;
  readonly region?: string;
  readonly databaseSettings?: Readonly<Record<string, string>>;
}

/** Brings up PostgreSQL and the embedded cloud with the packaged template. */
export async function setStage({
  dataDir,
  endpointPort = 0,
  databasePort = 0,
  region,
  databaseSettings = {},
}: StageOptions): Promise<Stage> {
  for (const folder of [dirname(dataDir), dataDir]) privateFolder(folder);
  const password = keptFile(join(dataDir, "superuser"), "The superuser's password", () =>
    randomBytes(24).toString("base64url"),
  );
  const database = await startPostgres({
    dataDir: join(dataDir, "postgres"),
    port: databasePort,
    superuserPassword: password.toString("utf8"),
    settings: databaseSettings,
  });
  try {
    const cloud = await startCloud({
      templateFile: TEMPLATE,
      dataDir: join(dataDir, "cloud"),
      port: endpointPort,
      ...(region ? { region } : {}),
      environment: database.caFile ? { KEYTURN_CA_FILE: database.caFile } : {},
    });
    return {
      database,
      cloud,
      async stop() {
        await cloud.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Forgets everything that earlier starts have kept there. */
export async function clearStage(dataDir: string): Promise<void> {
  await removePostgres(join(dataDir, "postgres"));
  await rm(dataDir, { recursive: true, force: true });
}
