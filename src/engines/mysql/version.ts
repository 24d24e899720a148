import { KeyturnError } from "../../errors.js";

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

export function requireVersion(serverVersion: string, what: string, ...wanted: readonly number[]): void {
  if (atLeast(serverVersion, ...wanted)) return;
  throw new KeyturnError("UnsupportedError", {
    code: "ServerTooOld",
    message: `${what} needs MySQL ${wanted.join(".")}; this server is ${serverVersion}. Tag the secret keyturn:strategy = single-user.`,
  });
}
