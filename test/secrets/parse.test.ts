import { describe, expect, it } from "vitest";
import { parseSecret, sameTarget } from "../../src/secrets/format.js";

const base = { engine: "postgres", host: "db", username: "app", password: "p4ss-of-the-app" };
const parsed = (fields: object = {}) => parseSecret(JSON.stringify({ ...base, ...fields }), "secret shop/orders");
const refused = (code: string, ...words: string[]) =>
  expect.objectContaining({
    name: "InvalidSecretError",
    code,
    message: expect.stringMatching(words.join(".*")),
  });

describe("a database secret", () => {
  it("says where to log in, and as whom; TLS is on and all else absent unless it says so", () => {
    expect(parsed()).toEqual({
      ...base,
      port: undefined,
      database: undefined,
      tls: true,
      adminSecretArn: undefined,
      fields: base,
    });
    const all = { ...base, port: 5433, dbname: "shop", ssl: false, masterarn: "arn:admin", note: "kept" };
    expect(parsed(all)).toEqual({
      ...base,
      port: 5433,
      database: "shop",
      tls: false,
      adminSecretArn: "arn:admin",
      fields: all,
    });
  });

  it.each([
    [1, 1],
    [65_535, 65_535],
    ["5432", 5_432],
    ["", undefined],
    [null, undefined],
  ])("may write the port as %j", (port, read) => {
    expect(parsed({ port }).port).toBe(read);
  });

  it.each([0, 65_536, 1.5, -1, true, [], [5_432], "0", "70000", "5432a", "a5432", "5.5", " 5432"])(
    "may not write it as %j",
    (port) => {
      expect(() => parsed({ port })).toThrow(refused("InvalidPort", '"port"', "shop/orders"));
    },
  );

  it.each([
    [true, true],
    ["true", true],
    ["TRUE", true],
    [null, true],
    [false, false],
    ["false", false],
    ["False", false],
  ])("may write ssl as %j", (ssl, tls) => {
    expect(parsed({ ssl }).tls).toBe(tls);
  });

  it.each(["", "no", 0, 1, {}])("may not write it as %j", (ssl) => {
    expect(() => parsed({ ssl })).toThrow(refused("WrongType", '"ssl"', "shop/orders"));
  });

  it.each(["db.example.com", "10.0.0.1", "::1", "2001:db8::5432", "64:9::ff", "fe80::a:b", "a:b"])(
    "may name the host %s",
    (host) => {
      expect(parsed({ host }).host).toBe(host);
    },
  );

  it.each(["db:5432", "10.0.0.1:5432", "[::1]:5432", "db/shop", "user@db", "db?x", "db#x", "d b", "postgres://db"])(
    "may not name the host %s",
    (host) => {
      expect(() => parsed({ host })).toThrow(refused("InvalidHost", '"host"', "shop/orders"));
    },
  );

  it.each(["engine", "host", "username", "password"])("must have the key %s", (key) => {
    for (const nothing of [undefined, ""])
      expect(() => parsed({ [key]: nothing })).toThrow(refused("MissingKey", "shop/orders", `"${key}"`));
    for (const other of [7, null, {}])
      expect(() => parsed({ [key]: other })).toThrow(refused("WrongType", `"${key}"`, "shop/orders"));
  });

  it.each(["dbname", "masterarn"])("may leave out the key %s, and not mistake its kind", (key) => {
    expect(parsed({ [key]: null })).toMatchObject({ database: undefined, adminSecretArn: undefined });
    expect(() => parsed({ [key]: 7 })).toThrow(refused("WrongType", `"${key}"`));
    expect(() => parsed({ [key]: "" })).toThrow(refused("MissingKey", `"${key}"`));
  });

  it.each([
    ["is binary", undefined, "BinarySecret"],
    ["is empty", "", "EmptySecret"],
    ["is blank", " \n", "EmptySecret"],
    ["is a URL", "postgres://db", "NotJson"],
    ["is a number", "7", "NotJson"],
    ["is null", "null", "NotJson"],
    ["is a list", "[]", "NotJson"],
  ])("is none where it %s", (_, text, code) => {
    expect(() => parseSecret(text, "secret shop/orders")).toThrow(refused(code, "shop/orders"));
  });
});

describe("two secrets of one target", () => {
  it("may have other copies of the credential, and nothing else that differs", () => {
    const uri = (username: string, password: string) => `postgresql://${username}:${password}@db/shop`;
    const one = parsed({ uri: uri("app", "p4ss-of-the-app") });
    const same = { username: "app_clone", password: "n3w-password", uri: uri("app_clone", "n3w-password") };
    expect(sameTarget(one, parsed(same))).toBe(true);
    expect(sameTarget(one, parsed({ ...same, uri: uri("app_clone", "an0ther-one") }))).toBe(true);
    expect(sameTarget(one, parsed({ ...same, uri: "postgresql://elsewhere/shop" }))).toBe(false);
  });

  it("are not known to be so where a copy cannot be read", () => {
    const unreadable = parsed({ note: "It is p4ss-of-the-app." });
    expect(sameTarget(unreadable, unreadable)).toBe(false);
  });
});
