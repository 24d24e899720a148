import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSecret, sameTarget, withCredential } from "../../src/secrets/format.js";

const base = { engine: "postgres", host: "db", username: "app", password: "p4ss/w:rd@old" };
const next = { username: "app_clone", password: "N3w~pass_word" };
const renewed = (fields: object) =>
  JSON.parse(withCredential(parseSecret(JSON.stringify({ ...base, ...fields }), "secret"), next));

describe("copies of the credential", () => {
  it.each([
    [
      "a URL",
      "postgresql://app:p4ss%2Fw%3Ard%40old@db:5432/shop?x=1",
      "postgresql://app_clone:N3w~pass_word@db:5432/shop?x=1",
    ],
    ["a URL written without encoding", "mysql://app:p4ss/w:rd@old@db/shop", "mysql://app_clone:N3w~pass_word@db/shop"],
    [
      "a JDBC URL",
      "jdbc:postgresql://db/shop?user=app&password=p4ss%2Fw%3Ard%40old&ssl=true",
      "jdbc:postgresql://db/shop?user=app_clone&password=N3w~pass_word&ssl=true",
    ],
    [
      "libpq's pairs",
      "host=db user=app password='p4ss/w:rd@old' dbname=shop",
      "host=db user=app_clone password=N3w~pass_word dbname=shop",
    ],
    [
      "ADO's pairs",
      "Server=db;User Id=app;Password=p4ss/w:rd@old;Encrypt=true",
      "Server=db;User Id=app_clone;Password=N3w~pass_word;Encrypt=true",
    ],
  ])("%s is renewed", (_, before, after) => {
    expect(renewed({ connection: before }).connection).toBe(after);
  });

  it.each([
    ["in a sentence", { note: `remember ${base.password}` }],
    ["for another user", { uri: `postgresql://other:${encodeURIComponent(base.password)}@db/shop` }],
    ["inside an object", { nested: { again: base.password } }],
  ])("that cannot be renewed are refused: %s", (_, fields) => {
    expect(() => renewed(fields)).toThrow(/^PasswordCopy: /);
  });

  it("are not suspected in other URLs, nor in AWS's own keys", () => {
    const fields = { docs: "https://example.com/app", dbname: "p4ss/w:rd@old", token: "abc" };
    expect(renewed(fields)).toMatchObject(fields);
  });

  it("never leave the old password anywhere", () => {
    const text = fc.string({ minLength: 12, maxLength: 40, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(text, fc.dictionary(fc.stringMatching(/^[a-z]{3,8}$/), fc.string()), (password, extra) => {
        const fields = { ...extra, ...base, password, uri: `postgresql://app:${encodeURIComponent(password)}@db/shop` };
        const written = withCredential(parseSecret(JSON.stringify(fields), "secret"), next);
        expect(JSON.parse(written)).toMatchObject(next);
        expect(written).not.toContain(JSON.stringify(password));
      }),
    );
  });
});

describe("sameTarget", () => {
  const parsed = (fields: object) => parseSecret(JSON.stringify({ ...base, ...fields }), "secret");
  it("sees past the credential and its copies, and nothing else", () => {
    expect(sameTarget(parsed({}), parsed({ username: "x", password: "another-one" }))).toBe(true);
    expect(sameTarget(parsed({}), parsed({ dbname: "shop" }))).toBe(false);
  });
});
