import { KeyturnError } from "../../errors.js";
import type { Engine } from "../engine.js";

/**
 * The name as Oracle's dictionary has it. Names are upper-cased by the server unless they stand in double quotes: `app`
 * in a secret logs in as APP, `"app"` as app.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html
 */
export function dictionaryName(written: string): string {
  const quoted = isQuoted(written);
  const name = quoted ? written.slice(1, -1) : upperCase(written);
  // The driver takes what stands in brackets for the user that the first one is a proxy of.
  if (name === "" || /["\0]/.test(name) || (!quoted && /[[\]]/.test(name))) {
    throw new KeyturnError("InvalidSecretError", {
      code: "MalformedName",
      message:
        `The user name ${JSON.stringify(written)} is none that Oracle can have: no double quote may stand in it, and ` +
        'brackets (a proxy\'s login) are not rotated. Look at "username" in the secret.',
    });
  }
  return name;
}

/** Every user that a rotation of this one may change, as the dictionary has it. Throws `MalformedName`. */
export const loginsOf: Engine["loginsOf"] = (username, strategy) => {
  const name = dictionaryName(username);
  if (strategy !== "alternating-users") return [name];
  const base = baseOf(username);
  return [name, dictionaryName(cloneOf(username)), ...(base === undefined ? [] : [dictionaryName(base)])];
};

/** Whether a name, as a secret has it, means the user that the dictionary calls so. */
export function isSameName(written: string, dictionary: string): boolean {
  return dictionaryName(written) === dictionary;
}

/** What is put behind a base's name: in capitals, unless the name has small letters. */
export function cloneOf(written: string): string {
  const suffix = /\p{Ll}/u.test(written) ? "_clone" : "_CLONE";
  return isQuoted(written) ? `${written.slice(0, -1)}${suffix}"` : written + suffix;
}

/** The name, as a secret has it, without the suffix of a clone; `undefined` for one that has none. */
export function baseOf(written: string): string | undefined {
  const quote = isQuoted(written) ? '"' : "";
  const bare = written.slice(quote.length, written.length - quote.length);
  const base = bare.replace(/_clone$/i, "");
  return base === bare || base === "" ? undefined : quote + base + quote;
}

function isQuoted(written: string): boolean {
  return written.length > 2 && written.startsWith('"') && written.endsWith('"');
}

/** Letter by letter, as the server does it: `ß` has no capital there. */
function upperCase(text: string): string {
  return [...text]
    .map((letter) => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter))
    .join("");
}
