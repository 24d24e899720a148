import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { holdFolder } from "../disk/lock.js";
import { type Installation, install, type Programs } from "./binaries.js";

export const SUPERUSER = "postgres";

/** A server's data, held for this process. */
export interface Cluster extends Installation {
  release(): Promise<void>;
}

/**
 * Takes the data in `dataDir` and makes it where there is none. A server that was left behind on it, by a process that was
 * killed, is stopped. Throws where another process holds it.
 */
export async function takeCluster(dataDir: string, superuserPassword: string, programs?: Programs): Promise<Cluster> {
  const { release, ...installation } = await held(dataDir, programs);
  try {
    if (!(await exists(join(installation.data, "PG_VERSION")))) await initialise(installation, superuserPassword);
    return { ...installation, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Where a server's data stands, or would, and whether it is there. Makes the folder, and no data. */
export async function findCluster(dataDir: string): Promise<{ readonly folder: string; readonly isThere: boolean }> {
  const { dataDir: folder, data } = await install(dataDir);
  return { folder, isThere: await exists(join(data, "PG_VERSION")) };
}

/** Removes a server's data. Throws where another process holds it. */
export async function removePostgres(dataDir: string): Promise<void> {
  const { release, ...installation } = await held(dataDir);
  try {
    await removeUnfinished(installation);
    await emptied(installation, installation.data);
    await rm(installation.dataDir, { recursive: true, force: true });
  } finally {
    await release();
  }
}

async function held(dataDir: string, programs?: Programs): Promise<Cluster> {
  const installation = await install(dataDir, programs);
  const release = await holdFolder(installation.dataDir, "PostgreSQL");
  await stopOrphan(installation);
  return { ...installation, release };
}

/**
 * Makes the data aside and renames it, so that a start that was cut off is never taken for a whole one, nor disturbed by
 * an initdb that has outlived it.
 */
async function initialise(installation: Installation, password: string): Promise<void> {
  const { dataDir, data } = installation;
  await removeUnfinished(installation);
  const passwordFile = join(dataDir, "password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  installation.letRead(passwordFile);
  const aside = installation.makeFolder(join(dataDir, `${ASIDE}${randomUUID()}`));
  try {
    await run(installation, installation.initdb, [
      ...["-D", aside, "-U", SUPERUSER, `--pwfile=${passwordFile}`],
      ...["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"],
    ]);
    await rename(aside, data);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const ASIDE = "unfinished-";

async function removeUnfinished(installation: Installation): Promise<void> {
  for (const name of await readdir(installation.dataDir)) {
    if (!name.startsWith(ASIDE)) continue;
    const folder = join(installation.dataDir, name);
    // Where an initdb still writes, a later start removes it.
    await emptied(installation, folder)
      .then(() => rmdir(folder))
      .catch(() => undefined);
  }
}

/** As the server's user, who may have put links in there: root's own removal is not to be led by them. */
async function emptied(installation: Installation, folder: string): Promise<void> {
  await run(installation, "find", [folder, "-mindepth", "1", "-delete"]);
}

/** After a SIGKILL of ours the server runs on, and its data is locked. */
async function stopOrphan(installation: Installation): Promise<void> {
  const { data } = installation;
  if (!(await exists(join(data, "postmaster.pid")))) return;
  await run(installation, installation.pgCtl, ["stop", "-D", data, "-m", "fast", "-t", "10", "-s"]).catch(
    () => undefined,
  );
}

async function run({ as, dataDir }: Installation, command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { ...as, cwd: dataDir, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${command} failed:\n${output}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
