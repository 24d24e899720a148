import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../failure.js";
import type { Host } from "../host.js";

/** More than Secrets Manager takes: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MOST_BYTES = 2 * 65_536;

/**
 * The object that a file holds, or stdin for `-`. Throws `UsageError`, which never quotes it, where it is none, and where a file
 * can be read by others than its owner: it holds a password.
 */
export async function readJson(host: Host, from: string): Promise<Readonly<Record<string, unknown>>> {
  const [text, what] = from === "-" ? [await stdin(host), "stdin"] : [readOwn(resolve(host.cwd, from), from), from];
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new UsageError(`--from: what stands in ${what} is no JSON. It takes an object, as in {"password":"…"}.`);
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  throw new UsageError(`--from: what stands in ${what} is JSON, but no object. It takes one, as in {"password":"…"}.`);
}

async function stdin({ stdin: input }: Host): Promise<string> {
  if (input.isTTY) throw new UsageError("--from -: nothing is piped in. Leave it out, and the password is asked for.");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    bytes += chunks.at(-1)?.length ?? 0;
    if (bytes > MOST_BYTES) throw tooMuch();
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A pipe (`<(…)` of a shell) is nobody else's. */
function readOwn(file: string, said: string): string {
  const opened = open(file, said);
  try {
    const stats = fstatSync(opened);
    if (stats.isDirectory()) throw new UsageError(`--from: ${said} is a folder.`);
    if (stats.isFile() && stats.mode & 0o077)
      throw new UsageError(`--from: ${said} is open to others than its owner. Run: chmod 600 ${said}`);
    const buffer = Buffer.alloc(MOST_BYTES + 1);
    let bytes = 0;
    for (let read = -1; read !== 0 && bytes <= MOST_BYTES; bytes += read)
      read = readSync(opened, buffer, bytes, buffer.length - bytes, null);
    if (bytes > MOST_BYTES) throw tooMuch();
    return buffer.toString("utf8", 0, bytes);
  } finally {
    closeSync(opened);
  }
}

function open(file: string, said: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new UsageError(`--from: ${said} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function tooMuch(): UsageError {
  return new UsageError("--from: that is more than a secret can hold, 65,536 bytes.");
}
