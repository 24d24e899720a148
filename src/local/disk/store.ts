import { mkdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import type { Store } from "../service.js";

/** The `code` of the error for data that a process has open. */
export const IN_USE = "DATA_IN_USE";

/** The embedded cloud's data on disk. */
export interface OpenStore {
  /** A folder of its own for `name`: asked for twice, it is the same folder. */
  folder(name: string): Store;
  close(): Promise<void>;
}

/**
 * Opens, or makes, the data in `dir` (mode 700). A `batch` is written whole or not at all, and what was written
 * survives a killed process. Throws `IN_USE` when it is open already, here or in another process; `who` and `where` are what the
 * sentence says then.
 */
export async function openStore(dir: string, who = "The embedded cloud", where = dir): Promise<OpenStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const level = new ClassicLevel<string, unknown>(dir, { valueEncoding: "json" });
  try {
    await level.open();
  } catch (error) {
    if (!isLocked(error)) throw error;
    const message = `${who} is already running on the data in ${where}. Stop it first.`;
    throw Object.assign(new Error(message), { code: IN_USE });
  }
  return { folder: (name) => folder(level, name), close: () => level.close() };
}

function folder(level: ClassicLevel<string, unknown>, name: string): Store {
  const part = level.sublevel<string, unknown>(name, { valueEncoding: "json" });
  return {
    get: (key) => part.get(key),
    put: (key, value) => part.put(key, value),
    del: (key) => part.del(key),
    batch: (operations) => part.batch([...operations]),
    entries: (range = {}) => part.iterator(range),
  };
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && (error.cause as { code?: unknown } | undefined)?.code === "LEVEL_LOCKED";
}
