import { createInterface } from "node:readline/promises";
import { UsageError } from "./failure.js";
import type { Host } from "./host.js";

/** What a person types at a question, without the blanks around it; Ctrl-C throws. Asked on stderr. */
export async function typed({ stdin, stderr, interrupted }: Host, question: string): Promise<string> {
  // Not as a terminal: then Ctrl-C stays the process's own.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return (await Promise.race([lines.question(question, { signal: interrupted }), closed])).trim();
  } finally {
    lines.close();
  }
}

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
  const answer = await typed(host, `This ${does}. Type ${word} to go on: `);
  if (answer !== word) throw new UsageError("Nothing was done.");
}
