import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { Unavailable } from "../proof/report.js";

/** On Maven Central, with the SHA-256 of each: what is fetched is what was looked at. */
const JARS: ReadonlyArray<readonly [path: string, sha256: string]> = [
  [
    "software/amazon/event/ruler/event-ruler/1.7.3/event-ruler-1.7.3.jar",
    "b12c3d6bca84bb2e87f27faebb9f52d907db22178065b1d4ee95e00495cfe60c",
  ],
  [
    "com/fasterxml/jackson/core/jackson-databind/2.16.2/jackson-databind-2.16.2.jar",
    "53b6025d98c357068296e4b134242443a248c2c582800879f1c4ea93b54bafa6",
  ],
  [
    "com/fasterxml/jackson/core/jackson-core/2.16.2/jackson-core-2.16.2.jar",
    "4f43e2f1430b2d2413e8e5a3d79138e57e891d6a961b18c28ac90859639d8664",
  ],
  [
    "com/fasterxml/jackson/core/jackson-annotations/2.16.2/jackson-annotations-2.16.2.jar",
    "d1cdd269ebaa753d1842933194e17d61958f058952d63e03dbfb3d1d78a6926e",
  ],
];

/** How long Maven Central may take for all of them. */
const PATIENCE_MS = 60_000;

/**
 * The class path of event-ruler, kept in `folder` from run to run. Throws `Unavailable` where Maven Central cannot be reached,
 * and an error where a file is not the one that is meant.
 */
export async function ruler(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const files = await Promise.all(
    JARS.map(([path, sha256]) => kept(join(folder, basename(path)), path, sha256, patience)),
  );
  return files.join(delimiter);
}

async function kept(file: string, path: string, sha256: string, patience: AbortSignal): Promise<string> {
  if (!existsSync(file)) {
    const half = `${file}.half`;
    await writeFile(half, await fetched(path, patience));
    await rename(half, file);
  }
  const found = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (found !== sha256) throw new Error(`${file} is not what is expected: its SHA-256 is ${found}. Remove it.`);
  return file;
}

async function fetched(path: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(`https://repo1.maven.org/maven2/${path}`, { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Unavailable(`${basename(path)} cannot be had from Maven Central: ${(error as Error).message}`);
  }
}
