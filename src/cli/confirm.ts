import { asker } from "./ask.js";
import { UsageError } from "./failure.js";
import type { Host } from "./host.js";

/** Whether somebody may be asked. */
export function canAsk({ stdin, stderr }: Pick<Host, "stdin" | "stderr">): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * Has a person type `word` before something large is done, unless `yes`. Throws where nobody can be asked, and where
 * something else is typed: nothing is done then.
 */
export async function confirmed(
  host: Host,
  { yes, does, word }: { readonly yes: boolean; readonly does: string; readonly word: string },
): Promise<void> {
  if (yes) return;
  if (!canAsk(host)) throw new UsageError(`This ${does}. Nobody can be asked here: say --yes, if it is meant.`);
  const ask = await asker(host);
  const answer = await ask.line({ message: `This ${does}. Type ${word} to go on.` });
  if (answer !== word) throw new UsageError("Nothing was done.");
}
