import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Traits } from "../../src/engines/engine.js";
import { generatePassword, type PasswordPolicy } from "../../src/secrets/password.js";

const traits = { password: { min: 8, max: 99, forbidden: "" } };

describe("generatePassword", () => {
  it("is safe unencoded in a URL and begins with no punctuation", () => {
    for (let count = 0; count < 500; count += 1) {
      const password = generatePassword({}, traits);
      expect(password).toHaveLength(32);
      expect(encodeURIComponent(password)).toBe(password);
      expect(password).toMatch(/^[A-Za-z0-9]/);
      for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[-._~]/]) expect(password).toMatch(kind);
    }
  });

  it("keeps to every policy that it does not refuse", () => {
    const policy = fc.record({
      passwordLength: fc.integer({ min: 1, max: 120 }),
      excludeCharacters: fc.string({ maxLength: 20 }),
      excludeNumbers: fc.boolean(),
      excludePunctuation: fc.boolean(),
      excludeUppercase: fc.boolean(),
      excludeLowercase: fc.boolean(),
      requireEachIncludedType: fc.boolean(),
    });
    fc.assert(
      fc.property(policy, (given) => {
        let password: string;
        try {
          password = generatePassword(given, { password: { ...traits.password, forbidden: "aeiou" } });
        } catch (error) {
          expect((error as Error).message).toMatch(/^PasswordPolicyImpossible: /);
          return;
        }
        expect(password).toHaveLength(given.passwordLength);
        expect(password).not.toMatch(/[aeiou]/);
        for (const character of given.excludeCharacters) expect(password).not.toContain(character);
        if (given.excludeNumbers) expect(password).not.toMatch(/[0-9]/);
        if (given.excludeUppercase) expect(password).not.toMatch(/[A-Z]/);
        if (given.excludeLowercase) expect(password).not.toMatch(/[a-z]/);
        if (given.excludePunctuation) expect(password).not.toMatch(/[-._~]/);
      }),
    );
  });

  const made = (policy: PasswordPolicy, limits: Partial<Traits["password"]> = {}) =>
    generatePassword(policy, { password: { ...traits.password, ...limits } });

  it.each<[string, PasswordPolicy, Partial<Traits["password"]>, number]>([
    ["32, unless it is said otherwise", {}, {}, 32],
    ["what the database takes, where that is less", {}, { max: 30 }, 30],
    ["as many as are asked for, if only the least", { passwordLength: 14 }, { min: 14 }, 14],
    ["as many as are asked for, if all that it takes", { passwordLength: 99 }, {}, 99],
  ])("is as long as %s", (_, policy, limits, length) => {
    expect(made(policy, limits)).toHaveLength(length);
  });

  const only = { excludeUppercase: true, excludeNumbers: true, excludePunctuation: true };
  it.each<[string, PasswordPolicy, Partial<Traits["password"]>, RegExp]>([
    [
      "shorter than the database takes",
      { passwordLength: 15 },
      { min: 16 },
      /takes passwords of 16 to 99 characters, not 15/,
    ],
    ["longer than the database takes", { passwordLength: 100 }, {}, /takes passwords of 8 to 99 characters, not 100/],
    ["of nothing", { ...only, excludeLowercase: true }, {}, /excludes every character/],
    ["of nothing that is left", only, { forbidden: "abcdefghijklmnopqrstuvwxyz" }, /excludes every character/],
    [
      "without what the database insists on",
      { excludeNumbers: true },
      { required: ["lowercase", "numbers"] },
      /insists on numbers/,
    ],
    ["too short for its kinds", { passwordLength: 3 }, { min: 1 }, /3 characters cannot have 4 kinds/],
    [
      "of too few characters",
      { passwordLength: 13 },
      { min: 1 },
      /13 of 66 different characters are too easy to guess/,
    ],
    ["of too few different ones", { excludeCharacters: "cdefghijklmnopqrstuvwxyz", ...only }, {}, /32 of 2 different/],
  ])("is not made %s", (_, policy, limits, why) => {
    const message = expect.stringMatching(why);
    expect(() => made(policy, limits)).toThrow(
      expect.objectContaining({ name: "InvalidSecretError", code: "PasswordPolicyImpossible", message }),
    );
  });

  it("is made of 80 bits at the least, and of no fewer", () => {
    // Of 32 different characters each is five bits.
    const excludeCharacters = "stuvwxyz-._~GHIJKLMNOPQRSTUVWXYZ";
    const policy = { excludeCharacters, excludePunctuation: true, excludeUppercase: false, excludeNumbers: true };
    expect(new Set("abcdefghijklmnopqrABCDEF").size).toBe(24);
    const of32 = { ...policy, excludeNumbers: false, excludeCharacters: `${excludeCharacters}89` };
    expect(made({ ...of32, passwordLength: 16 }, { min: 1 })).toHaveLength(16);
    expect(() => made({ ...of32, passwordLength: 15 }, { min: 1 })).toThrow(/too easy to guess/);
  });

  it("has two of each kind where there is room, as Oracle's strong function wants, and else one", () => {
    const digits = (password: string) => password.replace(/[^0-9]/g, "").length;
    const least = (passwordLength: number) => {
      const passwords = Array.from({ length: 100 }, () => made({ passwordLength }, { min: 1 }));
      return Math.min(...passwords.map(digits));
    };
    expect(least(16)).toBe(2);
    expect(least(15)).toBe(1);
  });

  it("has the kinds that the database insists on, where the policy insists on none", () => {
    const required = ["numbers"] as const;
    for (let count = 0; count < 200; count += 1)
      expect(made({ requireEachIncludedType: false, passwordLength: 14 }, { required })).toMatch(/[0-9]/);
    const without = Array.from({ length: 300 }, () => made({ requireEachIncludedType: false, passwordLength: 14 }));
    expect(without.some((password) => !/[0-9]/.test(password))).toBe(true);
  });

  it("has none of a kind of which nothing is left, and does not insist on it", () => {
    expect(made({ excludeCharacters: "0123456789" })).not.toMatch(/[0-9]/);
  });

  it("may begin with punctuation where nothing else is left", () => {
    const policy = { excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, passwordLength: 40 };
    expect(made(policy)).toMatch(/^[-._~]{40}$/);
  });

  it("uses its characters evenly", () => {
    const counts = new Map<string, number>();
    for (let count = 0; count < 2_000; count += 1) {
      for (const character of generatePassword({ requireEachIncludedType: false }, traits).slice(1)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    const expected = (2_000 * 31) / 66;
    expect(counts.size).toBe(66);
    // Six standard deviations: it fails by chance once in hundreds of millions of runs.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });
});
