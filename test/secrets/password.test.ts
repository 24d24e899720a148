import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatePassword } from "../../src/secrets/password.js";

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
