import { randomBytes } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TEMPLATE } from "../infra/package.mjs";
import { type Cloud, startCloud } from "../src/local/cloud.js";
import { keptFile } from "../src/local/disk/private-file.js";
import { privateFolder } from "../src/local/disk/private-folder.js";
import { findCluster, removePostgres } from "../src/local/postgres/cluster.js";
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

/**
 * Brings up PostgreSQL and the embedded cloud with the packaged template. Throws, before anything is started, where only
 * part of what earlier starts have kept is there.
 */
export async function setStage({
  dataDir,
  endpointPort = 0,
  databasePort = 0,
  region,
  databaseSettings = {},
}: StageOptions): Promise<Stage> {
  for (const folder of [dirname(dataDir), dataDir]) privateFolder(folder);
  await checkWhole(dataDir);
  const password = keptFile(superuserFile(dataDir), "The superuser's password", () =>
    randomBytes(24).toString("base64url"),
  );
  const database = await startPostgres({
    dataDir: postgresFolder(dataDir),
    port: databasePort,
    superuserPassword: password.toString("utf8"),
    settings: databaseSettings,
  });
  try {
    const cloud = await startCloud({
      templateFile: TEMPLATE,
      dataDir: cloudFolder(dataDir),
      port: endpointPort,
      ...(region ? { region } : {}),
      environment: database.caFile ? { KEYTURN_CA_FILE: database.caFile } : {},
    });
    if (database.caFile) tellCaFile(dataDir, database.caFile);
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
  await removePostgres(postgresFolder(dataDir));
  await rm(dataDir, { recursive: true, force: true });
}

/** For whoever else logs in there: `keyturn store --local` tries credentials before it stores them. */
function tellCaFile(dataDir: string, caFile: string): void {
  const file = join(cloudFolder(dataDir), "ca-file");
  rmSync(file, { force: true });
  writeFileSync(file, `${caFile}\n`, { mode: 0o600 });
}

const superuserFile = (dataDir: string) => join(dataDir, "superuser");
const postgresFolder = (dataDir: string) => join(dataDir, "postgres");
const cloudFolder = (dataDir: string) => join(dataDir, "cloud");

/** PostgreSQL's data may stand under the system's temporary folder, and be cleared with that; the rest may be removed. */
async function checkWhole(dataDir: string): Promise<void> {
  const { folder, isThere } = await findCluster(postgresFolder(dataDir));
  if (isThere && !existsSync(superuserFile(dataDir))) {
    throw new Error(
      `PostgreSQL's data is in ${folder}, but its superuser's password is gone from ${dataDir}. ${BEGIN_ANEW}`,
    );
  }
  if (!isThere && existsSync(cloudFolder(dataDir))) {
    throw new Error(
      `The cloud's data is in ${dataDir}, but PostgreSQL's, with the users of its secrets, is gone from ${folder}. ${BEGIN_ANEW}`,
    );
  }
}

const BEGIN_ANEW = "Begin anew with --fresh, which forgets what is left.";
