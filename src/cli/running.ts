import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Host } from "./host.js";

/** This checkout's folder: what the command runs besides itself is there. */
export const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs another program of this checkout, its output passed on as it comes, and gives its exit code; 130 where a signal ended it.
 * On a terminal it has the terminal itself, and with it Ctrl-C. `to`: where its stdout goes.
 */
export async function runProgram(
  host: Host,
  command: readonly [file: string, ...args: string[]],
  { to = "stdout" }: { readonly to?: "stdout" | "stderr" } = {},
): Promise<number> {
  const [file, ...args] = command;
  const passed = (ours: Host["stdout"], own: NodeJS.WriteStream) => (ours === own ? own : ("pipe" as const));
  const child = spawn(file, args, {
    cwd: CHECKOUT,
    env: host.env as NodeJS.ProcessEnv,
    stdio: [
      host.stdin === process.stdin ? "inherit" : "ignore",
      passed(host[to], process[to]),
      passed(host.stderr, process.stderr),
    ],
  });
  child.stdout?.on("data", (chunk) => void host[to].write(chunk));
  child.stderr?.on("data", (chunk) => void host.stderr.write(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 130;
}

/** What another program of this checkout prints. Throws with what it said on stderr where it fails. */
export async function outputOf(
  { env }: Pick<Host, "env">,
  [file, ...args]: readonly [file: string, ...args: string[]],
): Promise<string> {
  const child = spawn(file, args, { cwd: CHECKOUT, env: env as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
  const [printed, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk) => printed.push(chunk));
  child.stderr.on("data", (chunk) => said.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return Buffer.concat(printed).toString("utf8");
  throw new Error(Buffer.concat(said).toString("utf8").trim() || `${file} ended with ${code}`);
}
