import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { type PostgresServer, removePostgres, startPostgres } from "../../src/local/postgres-server.js";
import { TEMPLATE } from "../package.mjs";

/** A database and the cloud, running. */
export interface Stage {
  readonly database: PostgresServer;
  readonly cloud: Cloud;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** Kept from start to start. */
  readonly dataDir: string;
  readonly endpointPort?: number;
  readonly databasePort?: number;
  readonly databaseSettings?: Readonly<Record<string, string>>;
}

/** Brings up PostgreSQL and the embedded cloud with the packaged template. */
export async function setStage({
  dataDir,
  endpointPort = 0,
  databasePort = 0,
  databaseSettings = {},
}: StageOptions): Promise<Stage> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const database = await startPostgres({
    dataDir: join(dataDir, "postgres"),
    port: databasePort,
    superuserPassword: await kept(join(dataDir, "superuser")),
    settings: databaseSettings,
  });
  try {
    const cloud = await startCloud({
      templateFile: TEMPLATE,
      dataDir: join(dataDir, "cloud"),
      port: endpointPort,
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

/** A password made at the first start, in a file that only its owner may read. */
async function kept(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFile(file, "utf8");
}
