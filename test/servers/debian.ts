import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Puts packages into a folder. */
export type Download = (debs: string) => Promise<void>;

/**
 * The files of Debian's packages in a folder of the user's cache: nothing is installed and no root is needed. Downloaded
 * once, and renamed when whole.
 */
export async function unpacked(name: string, download: Download): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "keyturn");
  const home = join(cache, name);
  if (existsSync(join(home, "usr"))) return home;
  const half = join(cache, `${name}-${process.pid}`);
  const debs = join(cache, `${name}-${process.pid}-debs`);
  await mkdir(half, { recursive: true });
  await mkdir(debs, { recursive: true });
  await download(debs);
  for (const file of await readdir(debs)) if (file.endsWith(".deb")) await run("dpkg", ["-x", join(debs, file), half]);
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
  await rm(debs, { recursive: true, force: true });
  return home;
}

/** From this machine's own release: with its package lists, or with fresh ones of our own where it has none. */
export function bookworm(packages: readonly string[]): Download {
  return async (debs) => {
    try {
      await run("apt-get", ["download", ...packages], { cwd: debs });
    } catch {
      const own = await ownApt(debs);
      await run("apt-get", [...own, "update"]);
      await run("apt-get", [...own, "download", ...packages], { cwd: debs });
    }
  };
}

/** As `bookworm`, with what the package needs and this machine does not have. */
export function bookwormWithNeeds(name: string): Download {
  return async (debs) => {
    const list = async (own: readonly string[]) => {
      const { stdout } = await run("apt-get", [...own, "install", "-s", "--no-install-recommends", name]);
      return [...new Set([name, ...[...stdout.matchAll(/^Inst (\S+)/gm)].map(([, found = ""]) => found)])];
    };
    await bookworm(await list([]).catch(() => [name]))(debs);
  };
}

/** From Debian's unstable release, with all that the package needs: it runs by its own loader and libraries. */
export function sid(name: string): Download {
  return async (debs) => {
    const own = [
      ...(await ownApt(debs)),
      "-o",
      `Dir::Etc::sourcelist=${join(debs, "apt", "sources.list")}`,
      "-o",
      "Dir::Etc::sourceparts=/dev/null",
    ];
    await writeFile(join(debs, "apt", "sources.list"), "deb [trusted=yes] http://deb.debian.org/debian sid main\n");
    await writeFile(join(debs, "apt", "status"), "");
    own.push("-o", `Dir::State::status=${join(debs, "apt", "status")}`);
    await run("apt-get", [...own, "update"]);
    const { stdout } = await run("apt-get", [...own, "install", "-s", "--no-install-recommends", name]);
    const packages = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, found = ""]) => found);
    await run("apt-get", [...own, "download", ...packages], { cwd: debs, maxBuffer: 2 ** 24 });
  };
}

async function ownApt(debs: string): Promise<string[]> {
  const state = join(debs, "apt");
  await mkdir(join(state, "lists", "partial"), { recursive: true });
  await mkdir(join(state, "archives", "partial"), { recursive: true });
  return ["-o", `Dir::State=${state}`, "-o", `Dir::State::Lists=${join(state, "lists")}`, "-o", `Dir::Cache=${state}`];
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
