import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { checkOwner } from "./private-folder.js";

/**
 * What a file of mode 600 holds; `undefined` where there is none. Throws, saying what to do, where it is a link, belongs
 * to another user or is open to others. `what` is the file's name in the sentence.
 */
export function readPrivateFile(file: string, what: string): Buffer | undefined {
  const opened = open(file, what);
  if (opened === undefined) return undefined;
  try {
    const stats = fstatSync(opened);
    if (!stats.isFile()) throw new Error(`${what} ${file} is no file. Move it away.`);
    checkOwner(file, stats);
    if (stats.mode & 0o077) throw new Error(`${what} ${file} is open to others than its owner. Run: chmod 600 ${file}`);
    return readFileSync(opened);
  } finally {
    closeSync(opened);
  }
}

/**
 * Reads the file, or makes it with `fresh` on first use. It is written aside and linked into place, so that a crash
 * leaves no half file and two processes end with the same one.
 */
export function keptFile(file: string, what: string, fresh: () => string | Buffer): Buffer {
  const kept = readPrivateFile(file, what);
  if (kept) return kept;
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(aside, fresh(), { mode: 0o600, flag: "wx", flush: true });
    chmodSync(aside, 0o600);
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return readPrivateFile(file, what) as Buffer;
}

function open(file: string, what: string): number | undefined {
  try {
    // Not to be hung by a pipe that stands there.
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw new Error(`${what} ${file} is a symbolic link. Put the file itself there.`);
    throw error;
  }
}
