import { readFile } from "node:fs/promises";
import { createSecureContext, rootCertificates } from "node:tls";

/**
 * Keeps what a driver is given of the authorities to trust, one for each CA file. `make` is told Node's own authorities and
 * the file's; without a file nothing, for which Node takes its own and those of `NODE_EXTRA_CA_CERTS`. The file is read at
 * every login, and once its text has changed it is made anew: an authority is trusted, and no longer trusted, from the next
 * login on. Throws what reading the file throws.
 */
export function keptPerCaFile<Kept>(
  make: (ca: string[] | undefined) => Kept,
): (caFile: string | undefined) => Promise<Kept> {
  const kept = new Map<string | undefined, { readonly text: string | undefined; readonly made: Kept }>();
  return async (caFile) => {
    const text = caFile ? await readFile(caFile, "utf8") : undefined;
    const found = kept.get(caFile);
    if (found && found.text === text) return found.made;
    const made = make(text === undefined ? undefined : [...rootCertificates, text]);
    kept.set(caFile, { text, made });
    return made;
  };
}

/**
 * The TLS context of a CA file, with Node's own settings besides. To make one takes 20 ms for the 144 authorities in Node.js
 * 20, more than the rest of a login. It verifies nothing by itself: who connects with it says so, and which host it must be.
 */
export const secureContext = keptPerCaFile((ca) => createSecureContext(ca ? { ca } : {}));
