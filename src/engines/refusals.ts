import { type CleanCause, type ErrorName, KeyturnError } from "../errors.js";

/**
 * What all engines refuse, before anything is changed, in the same words. `what`: what the server calls a login, `user`,
 * `role` or `login`. `howTo…`: statements that a person runs, each with its semicolon.
 */
export function refusal(name: ErrorName, code: string, message: string, cause?: CleanCause): KeyturnError {
  return new KeyturnError(name, { code, message, ...(cause ? { cause } : {}) });
}

export function unknownUser(what: string, name: string, where = "on the admin's server"): KeyturnError {
  return refusal("InvalidSecretError", "UnknownUser", `The ${what} ${shown(name)} does not exist ${where}.`);
}

/** As an admin a session changes others only: its own login is another secret's to rotate. */
export function adminItself(name: string): KeyturnError {
  return refusal(
    "ConflictError",
    "AdminItself",
    `${shown(name)} is the admin's own login, which it does not change for another secret. Name another admin in ` +
      '"masterarn", or none.',
  );
}

/** `howToPermit`: a sentence that ends with what a person must run. */
export function adminLacksRight(admin: string, managed: string, howToPermit: string, cause?: CleanCause): KeyturnError {
  return refusal(
    "AccessDeniedError",
    "AdminLacksRight",
    `The admin ${admin} may not manage ${managed}. ${howToPermit}`,
    cause,
  );
}

/** `who`: what makes one such a login. */
export function superuser(name: string, who: string): KeyturnError {
  return refusal(
    "UnsupportedError",
    "Superuser",
    `The server lets ${shown(name)} do everything (${who}). No admin changes such a login, and it is not cloned: take ` +
      '"masterarn" out of its secret and tag it keyturn:strategy = single-user.',
  );
}

/** A base that is called like the clone of another login. */
export function ambiguousPair(what: string, base: string, howToMark: string): KeyturnError {
  return refusal(
    "ConflictError",
    "AmbiguousPair",
    `${shown(base)} may be the clone of a ${what} that exists. If it is (AWS's function made it), say so: ${howToMark} ` +
      "If not, tag the secret with another keyturn:strategy.",
  );
}

/** `howToMake`: absent where it takes more than a few statements. */
export function cloneMissing(clone: string, howToMake?: string): KeyturnError {
  return refusal(
    "InvalidSecretError",
    "CloneMissing",
    `The clone ${shown(clone)} must be there: to go back to the base, to retire either of the two, or with keyturn:grants = ` +
      `keep${howToMake ? `, for which a person makes it: ${howToMake}` : "."}`,
  );
}

export function cloneNameTaken(what: string, clone: string, howToMark: string): KeyturnError {
  return refusal(
    "ConflictError",
    "CloneNameTaken",
    `The ${what} ${shown(clone)} exists and is not marked as a clone. If it is one (AWS's function made it, or an earlier ` +
      `Keyturn), say so: ${howToMark} If not, rename one of the two.`,
  );
}

/** A login that is to be the next of a pair and is none of it. */
export function notOfPair(what: string, name: string): KeyturnError {
  return refusal("ConflictError", "CloneNameTaken", `The ${what} ${shown(name)} is neither of the pair.`);
}

/** A clone whose base may have been dropped, and another made under its name. */
export function baseNotMarked(what: string, base: string, clone: string, howToMark: string): KeyturnError {
  return refusal(
    "ConflictError",
    "BaseNotMarked",
    `The clone ${shown(clone)} is there, but nothing says that the ${what} ${shown(base)} is its base: it may be another, made ` +
      `later under the same name. If it is the base, say so: ${howToMark} If not, drop the clone, which outlived its base, or ` +
      "rename one of the two.",
  );
}

export function baseCannotLogIn(what: string, base: string, howToLetIn: string): KeyturnError {
  return refusal(
    "ConflictError",
    "BaseCannotLogIn",
    `The ${what} ${shown(base)} may not log in, and it was not Keyturn that barred it. When it is known why, let it in: ` +
      `${howToLetIn} If it is not to log in, tag the secret with another keyturn:strategy.`,
  );
}

/** `instead`: the strategy that needs no second name. */
export function nameTooLong(
  name: string,
  { max, unit }: { readonly max: number; readonly unit: "bytes" | "characters" },
  instead: "single-user" | "dual-password",
): KeyturnError {
  return refusal(
    "UnsupportedError",
    "UsernameTooLong",
    `The clone needs the name ${shown(name)}, which is longer than ${max} ${unit}. Use a shorter user name, or tag the secret ` +
      `keyturn:strategy = ${instead}.`,
  );
}

/** `server`: with its article where it has one. */
export function noDualPassword(server: string): KeyturnError {
  return refusal(
    "UnsupportedError",
    "NoDualPassword",
    `${server} knows one password for each login, so none can be kept beside another. Nothing was changed.`,
  );
}

/** `why`: a sentence. */
export function probeRefused(why: string, cause?: CleanCause): KeyturnError {
  return refusal(
    "InvalidSecretError",
    "ProbeRefused",
    `A statement of the secret's keyturn:probe tag is not one that only reads. Nothing of it took effect. ${why}`,
    cause,
  );
}

function shown(name: string): string {
  return JSON.stringify(name);
}
