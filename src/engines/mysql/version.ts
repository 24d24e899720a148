import { KeyturnError } from "../../errors.js";
import type { Change } from "../engine.js";

/** `8.0.36`, `8.4.0`, `9.7.4-2`, `5.7.44-log`, Aurora's `8.0.mysql_aurora.3.05.2`. */
export function atLeast(serverVersion: string, ...wanted: readonly number[]): boolean {
  const found = serverVersion.split(/[.-]/).map(Number);
  for (const [index, number] of wanted.entries()) {
    // Aurora does not say the third number; all of its version 3 is 8.0.23 or newer.
    const own = Number.isNaN(found[index]) ? Number.POSITIVE_INFINITY : (found[index] ?? 0);
    if (own !== number) return own > number;
  }
  return true;
}

/** The first versions that can do it. Any can do the rest. */
const NEEDS: Partial<Record<Change["kind"], { readonly what: string; readonly version: readonly number[] }>> = {
  pair: { what: "A pair of users", version: [8, 0, 21] },
  "second password": { what: "A second password", version: [8, 0, 14] },
};

/** Throws `ServerTooOld`. */
export function requireVersion(serverVersion: string, change: Change["kind"]): void {
  const need = NEEDS[change];
  if (!need || atLeast(serverVersion, ...need.version)) return;
  throw new KeyturnError("UnsupportedError", {
    code: "ServerTooOld",
    message: `${need.what} needs MySQL ${need.version.join(".")}; this server is ${serverVersion}. Tag the secret keyturn:strategy = single-user.`,
  });
}
