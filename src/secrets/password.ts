import { randomInt } from "node:crypto";
import type { Traits } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";

/**
 * What a password is made of, in the words of GetRandomPassword.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
export interface PasswordPolicy {
  /** Characters; 32 unless said otherwise. */
  readonly passwordLength?: number;
  readonly excludeCharacters?: string;
  readonly excludeNumbers?: boolean;
  readonly excludePunctuation?: boolean;
  readonly excludeUppercase?: boolean;
  readonly excludeLowercase?: boolean;
  /** Whether each kind that is not excluded must appear; true unless said otherwise. */
  readonly requireEachIncludedType?: boolean;
}

/**
 * What stands unencoded in a URL and unquoted in every shell and connection string: RFC 3986's unreserved characters.
 * https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
const KINDS = {
  lowercase: { characters: "abcdefghijklmnopqrstuvwxyz", excluded: "excludeLowercase" },
  uppercase: { characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", excluded: "excludeUppercase" },
  numbers: { characters: "0123456789", excluded: "excludeNumbers" },
  punctuation: { characters: "-._~", excluded: "excludePunctuation" },
} as const;

/** Bits; below this a password could be guessed offline from a stolen verifier. https://pages.nist.gov/800-63-4/ */
const LEAST_ENTROPY = 80;

/**
 * A password from Node's CSPRNG. It begins with a letter or a digit, where the policy leaves any, because some tools
 * take a leading punctuation mark for an option. Throws `PasswordPolicyImpossible` for a policy that the engine's
 * limits, or common sense, do not allow.
 */
export function generatePassword(policy: PasswordPolicy, traits: Pick<Traits, "password">): string {
  const { required = [] } = traits.password;
  const kinds = kindsOf(policy, traits.password.forbidden);
  const lacking = required.find((kind) => !kinds.has(kind));
  if (lacking) throw impossible(`the database insists on ${lacking}, and they are excluded`);
  const alphabet = [...kinds.values()].join("");
  const demanded = policy.requireEachIncludedType === false ? required : [...kinds.keys()];
  const length = lengthOf(policy, traits.password, demanded.length, alphabet.length);
  // Two where there is room: Oracle's ORA12C_STRONG_VERIFY_FUNCTION wants as many.
  const times = length >= 4 * demanded.length ? 2 : 1;
  const first = alphabet.replace(/[-._~]/g, "") || alphabet;
  for (;;) {
    let password = pick(first);
    while (password.length < length) password += pick(alphabet);
    // Drawing anew keeps the choice uniform among the passwords that have every kind.
    if (demanded.every((kind) => count(password, kinds.get(kind) as string) >= times)) return password;
  }
}

function kindsOf(policy: PasswordPolicy, forbidden: string): Map<keyof typeof KINDS, string> {
  const refused = (policy.excludeCharacters ?? "") + forbidden;
  const kinds = new Map(
    (Object.keys(KINDS) as Array<keyof typeof KINDS>)
      .filter((kind) => !policy[KINDS[kind].excluded])
      .map((kind) => [kind, [...KINDS[kind].characters].filter((one) => !refused.includes(one)).join("")] as const)
      .filter(([, characters]) => characters !== ""),
  );
  if (kinds.size === 0) throw impossible("it excludes every character");
  return kinds;
}

function lengthOf(policy: PasswordPolicy, limits: Traits["password"], demanded: number, characters: number): number {
  const length = policy.passwordLength ?? Math.min(32, limits.max);
  if (length < limits.min || length > limits.max) {
    throw impossible(`the database takes passwords of ${limits.min} to ${limits.max} characters, not ${length}`);
  }
  if (length < demanded) throw impossible(`${length} characters cannot have ${demanded} kinds in them`);
  if (length * Math.log2(characters) < LEAST_ENTROPY) {
    throw impossible(`${length} of ${characters} different characters are too easy to guess; allow more of either`);
  }
  return length;
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function count(password: string, kind: string): number {
  return [...password].filter((character) => kind.includes(character)).length;
}

function impossible(why: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "PasswordPolicyImpossible",
    message: `No password can be made by the secret's keyturn: tags: ${why}.`,
  });
}
