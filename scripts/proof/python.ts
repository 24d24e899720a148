import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Unavailable } from "./report.js";

const run = promisify(execFile);

/**
 * Python with the packages that `requirements` (a requirements.txt, next to who asks) pins, in a virtual environment of its
 * own under `folder`, kept from run to run until the file changes. Gives the program's path. Throws `Unavailable` where Python
 * or PyPI is missing.
 */
export async function python(folder: string, requirements: URL): Promise<string> {
  const home = join(folder, "venv");
  const program = join(home, "bin", "python");
  const wanted = await readFile(requirements, "utf8");
  const installed = join(home, "requirements.txt");
  if (existsSync(installed) && (await readFile(installed, "utf8")) === wanted) return program;
  await rm(home, { recursive: true, force: true });
  await orUnavailable("Python 3.10 or newer with venv", () => run("python3", ["-m", "venv", home]));
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", fileURLToPath(requirements)];
  await orUnavailable("What is needed from PyPI", () => run(program, pip));
  await writeFile(installed, wanted);
  return program;
}

async function orUnavailable(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Unavailable(`${what} cannot be had here: ${lastLine(error)}`);
  }
}

/** What a command that failed said last. */
export function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split("\n").at(-1) ?? "";
}
