import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";

/** The name of a login without the suffix of clones; nothing for one that is not named like a clone. */
export function baseNamed(login: string): string | undefined {
  return login.endsWith(SUFFIX) && login !== SUFFIX ? login.slice(0, -SUFFIX.length) : undefined;
}

/** The two names of a login, of which the server says that it is the clone of `base`, or nothing. `max`: characters. */
export function pairOf(login: string, base: string | undefined, max: number): Pair {
  if (base !== undefined) return { base, clone: login, next: base };
  const clone = login + SUFFIX;
  if ([...clone].length > max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = dual-password.",
    });
  }
  return { base: login, clone, next: clone };
}
