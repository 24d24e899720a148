import { stripVTControlCharacters } from "node:util";
import type { Host } from "./host.js";

/** Lines on stderr that stay, and on a terminal one below them that does not. */
export interface Live {
  /** `now`: what goes on, until the next call; nothing of it is printed where there is no terminal. */
  print(lines: readonly string[], now?: string): void;
  /** Takes away what went on. */
  end(): void;
}

export function live({ stderr }: Pick<Host, "stderr">): Live {
  const columns = (stderr as { readonly columns?: number }).columns || 80;
  let shown = false;
  const end = () => {
    if (shown) stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    print(lines, now) {
      end();
      for (const line of lines) stderr.write(`${line}\n`);
      if (!stderr.isTTY || now === undefined) return;
      // One that is wider than the terminal could not be taken away again.
      stderr.write(stripVTControlCharacters(now).length < columns ? now : `${plainStart(now, columns - 2)}…`);
      shown = true;
    },
    end,
  };
}

function plainStart(text: string, width: number): string {
  return stripVTControlCharacters(text).slice(0, Math.max(width, 0));
}
