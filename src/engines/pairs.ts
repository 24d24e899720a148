import type { AlternateReport, Pair, Traits } from "./engine.js";
import { SUFFIX } from "./logins.js";
import { nameTooLong } from "./refusals.js";

/** The name of a login without the suffix of clones; `undefined` for one that is not called like a clone. */
export function baseNamed(login: string): string | undefined {
  return login.endsWith(SUFFIX) && login !== SUFFIX ? login.slice(0, -SUFFIX.length) : undefined;
}

/**
 * The two names of a login, of which the server says that it is the clone of `base`, or, where that is `undefined`, of
 * nobody. Throws `UsernameTooLong`.
 */
export function pairOf(login: string, base: string | undefined, traits: Traits): Pair {
  if (base !== undefined) return { base, clone: login, next: base };
  const clone = login + SUFFIX;
  refuseTooLong(clone, traits);
  return { base: login, clone, next: clone };
}

export function refuseTooLong(name: string, { username, dualPassword }: Traits): void {
  const length = username.unit === "bytes" ? Buffer.byteLength(name) : [...name].length;
  if (length > username.max) throw nameTooLong(name, username, dualPassword ? "dual-password" : "single-user");
}

/** What was given to a clone, taken from it, and left as it is. */
export type Changes = Required<Pick<AlternateReport, "granted" | "revoked" | "left">>;

export const NO_CHANGES: Changes = { granted: [], revoked: [], left: [] };

/** As a report has it, which says nothing of what is left where there is nothing. */
export function reported({ left, ...changes }: Changes): Pick<AlternateReport, "granted" | "revoked" | "left"> {
  return left.length > 0 ? { ...changes, left } : changes;
}
