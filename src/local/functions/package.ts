import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { LambdaFunction } from "./function.js";

/** Unzips the package once; under a name with its hash, so that a new package is a new folder. */
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
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
  return file;
}
