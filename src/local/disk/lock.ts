import { join } from "node:path";
import { openStore } from "./store.js";

/**
 * Holds `folder` for this process until the function that it gives is called, or until the process ends, in whatever way:
 * LevelDB's lock is the operating system's, and no file that would be left. Throws where somebody holds it; `who` begins
 * the sentence.
 */
export async function holdFolder(folder: string, who: string): Promise<() => Promise<void>> {
  const { close } = await openStore(join(folder, "lock"), who, folder);
  return close;
}
