import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../proof/report.js";
import type { Pair } from "./pattern-pairs.js";

const PROGRAM = fileURLToPath(new URL("ruler.java", import.meta.url));

/** What event-ruler says of a pattern: why it is none, or which of the events match. */
export type Answer =
  | { readonly refused: string }
  | { readonly matches: readonly boolean[]; readonly complexity?: number };

/**
 * Asks event-ruler about each pattern, in one process of Java. `most`: as far as the complexity is counted, which is not
 * counted without it. Throws `Unavailable` where there is no JDK of version 17 or newer.
 */
export async function askRuler(classPath: string, pairs: readonly Pair[], most?: number): Promise<Answer[]> {
  const child = spawn("java", ["-cp", classPath, PROGRAM], { stdio: ["pipe", "pipe", "pipe"] });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  // One that ends early tells why by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(pairs.map((pair) => `${JSON.stringify({ ...pair, most })}\n`).join(""));
  const [code] = await once(child, "close").catch((error: NodeJS.ErrnoException) => {
    throw new Unavailable(`Java cannot be had here: ${error.message}`);
  });
  const [answers, problems] = await said;
  if (code !== 0) throw new Unavailable(`Java 17 or newer, with its compiler, cannot be had here: ${problems.trim()}`);
  return answers
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Answer);
}
