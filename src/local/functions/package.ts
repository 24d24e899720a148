import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { LambdaFunction } from "./function.js";

/**
 * Unzips the package once; under a name with its hash, so that a new package is a new folder, and whole from the moment that
 * it has that name, so that several may do it at once.
 */
export async function unpacked({ name, zip, handler }: LambdaFunction, folder: string): Promise<string> {
  const bytes = await readFile(zip);
  const home = join(folder, `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`);
  const file = join(home, `${handler.slice(0, handler.lastIndexOf("."))}.mjs`);
  if (existsSync(file)) return file;
  const half = `${home}-${randomUUID()}`;
  for (const [path, content] of Object.entries(unzipSync(bytes))) {
    if (path.endsWith("/")) continue;
    await mkdir(dirname(join(half, path)), { recursive: true });
    await writeFile(join(half, path), content);
  }
  try {
    await rename(half, home);
  } catch (error) {
    if (!existsSync(file)) throw error;
    // Another was sooner, and what it unzipped is at work already.
    await rm(half, { recursive: true });
  }
  return file;
}
