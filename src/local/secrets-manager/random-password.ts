import { randomInt } from "node:crypto";
import { invalidParameter } from "./errors.js";
import { flag, integer, text } from "./input.js";
import { serviceOperation } from "./operation.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export const getRandomPassword = serviceOperation(
  {
    PasswordLength: integer({ min: 1, max: 4096 }),
    ExcludeCharacters: text({ max: 4096 }),
    ExcludeNumbers: flag(),
    ExcludePunctuation: flag(),
    ExcludeUppercase: flag(),
    ExcludeLowercase: flag(),
    IncludeSpace: flag(),
    RequireEachIncludedType: flag(),
  },
  async (_context, input) => {
    const { PasswordLength: length = 32, ExcludeCharacters: excluded = "" } = input;
    const kinds = [
      input.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
      input.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
      input.ExcludeNumbers ? "" : "0123456789",
      input.ExcludePunctuation ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
      input.IncludeSpace ? " " : "",
    ];
    const allowed = kinds
      .map((kind) => [...kind].filter((character) => !excluded.includes(character)))
      .filter((kind) => kind.length > 0);
    const required = (input.RequireEachIncludedType ?? true) ? allowed : [];
    if (allowed.length === 0) throw invalidParameter("No character is left to make a password of.");
    if (length < required.length) {
      throw invalidParameter("The password length is too short for one character of each included type.");
    }
    const rest = Array.from({ length: length - required.length }, () => pick(allowed.flat()));
    return { RandomPassword: shuffle([...required.map(pick), ...rest]).join("") };
  },
);

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] as string;
}

/** Fisher–Yates. */
function shuffle(characters: readonly string[]): string[] {
  const shuffled = [...characters];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] as string, shuffled[last] as string];
  }
  return shuffled;
}
