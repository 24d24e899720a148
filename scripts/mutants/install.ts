import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Unavailable } from "../proof/report.js";

const run = promisify(execFile);
const PINNED = fileURLToPath(new URL("stryker", import.meta.url));

/**
 * Stryker under `folder`, as `stryker/package-lock.json` pins it, kept from run to run until that changes: 64 MB that nothing
 * else needs. Gives the program's path. Throws `Unavailable` where npm cannot get it.
 */
export async function installStryker(folder: string): Promise<string> {
  const program = join(folder, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
  if (existsSync(program) && (await isInstalled(folder))) return program;
  await mkdir(folder, { recursive: true });
  await cp(PINNED, folder, { recursive: true });
  const npm = ["ci", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", npm, { cwd: folder }).catch(({ stderr = "", message }) => {
    // npm says first what kind of error it is, and last where its log is.
    const [kind] = (stderr || message).trim().split("\n");
    throw new Unavailable(`Stryker cannot be had from npm here: ${kind}`);
  });
  return program;
}

/** npm writes its note of what it has installed when it is through. */
async function isInstalled(folder: string): Promise<boolean> {
  const read = (file: string) => readFile(file, "utf8").catch(() => undefined);
  const [wanted, copied, note] = await Promise.all([
    read(join(PINNED, "package-lock.json")),
    read(join(folder, "package-lock.json")),
    read(join(folder, "node_modules", ".package-lock.json")),
  ]);
  return wanted === copied && note !== undefined;
}
