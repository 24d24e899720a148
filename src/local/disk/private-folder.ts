import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const OTHERS_WRITE = 0o002;
const NOT_ITS_OWNER_WRITES = 0o022;
const STICKY = 0o1000;

/**
 * Makes a folder, and those above it that are missing, for its owner alone, or takes one that is there; gives its path.
 * Throws, saying what to do, where somebody else may have put it there or may change what is in it: a symbolic link,
 * another owner, writable by others. One that others may only look into is closed to them.
 *
 * `mode`: 0o711 for what another user's program must pass through; 0o700 unless said.
 */
export function privateFolder(path: string, mode = 0o700): string {
  const folder = resolve(path);
  const above = dirname(folder);
  mkdirSync(above, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode });
  const stats = lstatSync(folder);
  if (stats.isSymbolicLink())
    throw new Error(`${folder} is a symbolic link. Remove it, or name the folder that it points to.`);
  if (!stats.isDirectory()) throw new Error(`${folder} is no folder. Move it away.`);
  checkOwner(folder, stats);
  if (stats.mode & NOT_ITS_OWNER_WRITES) {
    throw new Error(
      `${folder} may be written by others, who may have put something there. Remove it, or look into it and run: chmod go-w ${folder}`,
    );
  }
  const { mode: modeAbove } = statSync(above);
  if (modeAbove & OTHERS_WRITE && !(modeAbove & STICKY)) {
    throw new Error(`In ${above} anybody may replace ${folder}. Run: chmod +t ${above}, or choose another folder.`);
  }
  if ((stats.mode & 0o777) !== mode) chmodSync(folder, mode);
  return folder;
}

/**
 * The one folder under the system's temporary folder for what must be found again under the same name. Others may pass
 * through it when root is its owner, whose servers run as another user, and not look into it.
 */
export function temporaryFolder(): string {
  const user = process.getuid?.() ?? 0;
  return privateFolder(join(tmpdir(), `keyturn-${user}`), user === 0 ? 0o711 : 0o700);
}

/** Throws for what belongs to another user. */
export function checkOwner(path: string, { uid }: Stats): void {
  const own = process.getuid?.() ?? uid;
  if (uid !== own) {
    throw new Error(
      `${path} belongs to user ${uid}, and you are user ${own}. Start as its owner, or remove it if it holds nothing of yours.`,
    );
  }
}
