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

  const P = "p4ss/w:rd@old";
  const E = encodeURIComponent(P);
  it.each<[string, string, string]>([
    ["libpq's in single quotes", `host=db user='app' password='${P}'`, "host=db user=app_clone password=N3w~pass_word"],
    ["ADO's in double quotes", `User Id="app";Password="${P}"`, "User Id=app_clone;Password=N3w~pass_word"],
    ["with blanks around the sign", `user = app; password = ${P}`, "user = app_clone; password = N3w~pass_word"],
    ["in capitals", `UID=app;PWD=${P};`, "UID=app_clone;PWD=N3w~pass_word;"],
    ["by other names", `username=app&password=${P}`, "username=app_clone&password=N3w~pass_word"],
    ["without a blank", `userid=app;pwd=${P}`, "userid=app_clone;pwd=N3w~pass_word"],
    ["with the password first", `password=${P};user=app`, "password=N3w~pass_word;user=app_clone"],
    [
      "in a query in capitals",
      `JDBC:x://db?User=app&Password=${E}`,
      "JDBC:x://db?User=app_clone&Password=N3w~pass_word",
    ],
    ["over lines", `user=app\npassword=${P}`, "user=app_clone\npassword=N3w~pass_word"],
    ["in a URL over lines", `pg://app:${E}@db/a\nb`, "pg://app_clone:N3w~pass_word@db/a\nb"],
    ["in a URL with a scheme of two", `jdbc:pg+x.y-z://app:${E}@db`, "jdbc:pg+x.y-z://app_clone:N3w~pass_word@db"],
  ])("are renewed: %s", (_, before, after) => {
    expect(renewed({ connection: before }).connection).toBe(after);
  });

  it.each([
    ["single quotes, with what would end them otherwise", "user='a b' password='p;w x'", "a b", "p;w x"],
    ["double quotes, with what would end them otherwise", 'user="a b" password="p;w x"', "a b", "p;w x"],
    ["single quotes with what they escape", "user='a\\'p''p' password='p\\'a''ss'", "a\\'p''p", "p\\'a''ss"],
    ["double quotes with what they escape", 'user="a\\"p""p" password="p\\"a""ss"', 'a\\"p""p', 'p\\"a""ss'],
  ])("are read in %s", (_, connection, username, password) => {
    const secret = parseSecret(JSON.stringify({ ...base, username, password, connection }), "secret");
    expect(JSON.parse(withCredential(secret, next)).connection).toBe("user=app_clone password=N3w~pass_word");
  });

  it("are encoded in a URL and in a query, where the next credential needs it", () => {
    const fields = {
      uri: `pg://app:${E}@db/shop`,
      jdbc: `jdbc:pg://db/shop?user=app&password=${E}`,
    };
    const secret = parseSecret(JSON.stringify({ ...base, ...fields }), "secret");
    expect(JSON.parse(withCredential(secret, { username: "a b", password: "p&w" }))).toMatchObject({
      uri: "pg://a%20b:p%26w@db/shop",
      jdbc: "jdbc:pg://db/shop?user=a%20b&password=p%26w",
    });
  });

  it.each(["p w", "p'w", 'p"w', "p;w", "p&w", "p\\w", ""])(
    "are not written as pairs where quotes would be needed: %j",
    (password) => {
      const secret = parseSecret(JSON.stringify({ ...base, connection: `user=app;password=${P}` }), "secret");
      expect(() => withCredential(secret, { username: "app", password })).toThrow(
        expect.objectContaining({ code: "PasswordCopy", message: expect.stringContaining("connection string") }),
      );
    },
  );

  it("are read as they are where they are encoded wrongly", () => {
    const secret = parseSecret(JSON.stringify({ ...base, password: "100%", uri: "pg://app:100%@db" }), "secret");
    expect(JSON.parse(withCredential(secret, next)).uri).toBe("pg://app_clone:N3w~pass_word@db");
    const odd = parseSecret(JSON.stringify({ ...base, username: "100%", uri: "pg://100%:x@db" }), "secret");
    expect(JSON.parse(withCredential(odd, next)).uri).toBe("pg://app_clone:N3w~pass_word@db");
  });

  it.each<[string, object]>([
    ["in a sentence", { note: `remember ${P}` }],
    ["encoded in a sentence", { note: `remember ${E}` }],
    ["for another user", { uri: `postgresql://other:${E}@db/shop` }],
    ["for another user, in pairs", { connection: `user=other;password=${P}` }],
    ["for no user, in pairs", { connection: `password=${P}` }],
    ["twice in pairs", { connection: `user=app;password=${P};pwd=${P}` }],
    ["behind a word that only ends so", { connection: `user=app;oldpassword=${P}` }],
    ["in a URL without a user", { uri: `postgresql://${E}@db/shop` }],
    ["in a URL inside another text", { uri: `see postgresql://app:${E}@db/shop` }],
    ["inside an object", { nested: { again: P } }],
    ["inside a list", { nested: ["a", P] }],
  ])("that cannot be renewed are refused, and the key is named: %s", (_, fields) => {
    const [key] = Object.keys(fields);
    expect(() => renewed(fields)).toThrow(
      expect.objectContaining({
        name: "InvalidSecretError",
        code: "PasswordCopy",
        message: expect.stringContaining(`"${key}"`),
      }),
    );
  });

  it("are seen through the escapes of JSON", () => {
    const fields = { ...base, password: 'p"w\\d', nested: { again: 'see p"w\\d there' } };
    const secret = parseSecret(JSON.stringify(fields), "secret");
    expect(() => withCredential(secret, next)).toThrow(/^PasswordCopy: "nested"/);
  });

  it("are not suspected in other URLs, other values, nor in AWS's own keys", () => {
    const fields = {
      docs: "https://example.com/app",
      token: "abc",
      nested: { a: 1 },
      nothing: null,
      on: true,
      many: 7,
    };
    expect(renewed(fields)).toMatchObject(fields);
  });

  it.each(["engine", "host", "username", "dbname", "masterarn", "dbInstanceIdentifier", "dbClusterIdentifier"])(
    "are not suspected under %s, whatever word the password happens to be",
    (key) => {
      const secret = parseSecret(JSON.stringify({ ...base, password: "postgres", [key]: "postgres" }), "secret");
      const value = JSON.parse(withCredential(secret, next));
      expect(value[key]).toBe({ ...next, [key]: "postgres", username: next.username }[key]);
    },
  );

  it("are no numbers, and not put where there was none", () => {
    const fields = { ...base, password: "12345678", count: 12_345_678, uri: "pg://app@db/shop" };
    expect(JSON.parse(withCredential(parseSecret(JSON.stringify(fields), "secret"), next))).toMatchObject({
      count: 12_345_678,
      uri: "pg://app@db/shop",
    });
  });

  it("are not suspected under port and ssl", () => {
    for (const [key, value] of [
      ["port", "5432"],
      ["ssl", "true"],
    ] as const) {
      const secret = parseSecret(JSON.stringify({ ...base, password: value, [key]: value }), "secret");
      expect(JSON.parse(withCredential(secret, next))[key]).toBe(value);
    }
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
