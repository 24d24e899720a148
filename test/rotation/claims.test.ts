import { describe, expect, it } from "vitest";
import { engineTraits } from "../../src/engines/registry.js";

import { checkClaims, claimLogins, serverOf } from "../../src/rotation/claims.js";
import { parseSecret } from "../../src/secrets/format.js";
import { refusal } from "./imagined/databases.js";
import { daysAgo, described, type Imagined, imagine, SECRET, value } from "./imagined.js";

// By whose name a login goes, whoever wrote it where: test/security/claims.test.ts.
const OTHER = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/other-AbCdEf";
const SERVER = "postgres db:5432";
const LOGIN = `${SERVER} app`;
const engine = engineTraits("postgres");
const claimed = { server: SERVER, username: "app", engine, strategy: "single-user" as const };

/** The login is claimed by another secret, which is so. */
const claimedBy = (other: Imagined["others"]) =>
  imagine({ claims: { [LOGIN]: OTHER }, ...(other ? { others: other } : {}) });
const cases: ReadonlyArray<readonly [string, Imagined["others"], boolean]> = [
  ["is managed", { [OTHER]: described() }, true],
  ["is an admin's, which nobody rotates", { [OTHER]: described({ tags: { "keyturn:admin": "shop/" } }) }, true],
  ["is not managed any more", { [OTHER]: described({ tags: {} }) }, false],
  ["is another stage's now", { [OTHER]: described({ tags: { "keyturn:stage": "prod" } }) }, false],
  ["is deleted", { [OTHER]: described({ deletedAt: daysAgo(1) }) }, false],
  ["is gone", {}, false],
];

describe("a server, as claims name it,", () => {
  it.each([
    ["is by engine, host and port", {}, "postgres db:5432"],
    ["is by the port that the secret says", { port: 5433 }, "postgres db:5433"],
    ["is by the engine's own name, not the secret's", { engine: "aurora-postgresql" }, "postgres db:5432"],
    ["is one in capitals, and with the dot of the root", { host: "DB.Example.com." }, "postgres db.example.com:5432"],
    ["is with the database where that has logins of its own", { engine: "mongo" }, 'documentdb db:27017/"shop"'],
    [
      "is with the engine's own database where the secret names none",
      { engine: "mongo", dbname: null },
      'documentdb db:27017/"admin"',
    ],
  ])("%s", (_, fields, server) => {
    const secret = parseSecret(JSON.stringify({ ...value, ...fields }), "secret");
    expect(serverOf(secret, engineTraits(secret.engine))).toBe(server);
  });
});

describe("a login that another secret has claimed", () => {
  it.each(cases)("that %s: is it kept from this one before a rotation?", async (_, others, kept) => {
    const { world } = claimedBy(others);
    const check = checkClaims(world, SECRET, claimed);
    await (kept
      ? expect(check).rejects.toMatchObject({ code: "SharedLogin" })
      : expect(check).resolves.toBeUndefined());
  });

  it.each(cases)("that %s: is it kept from this one after a rotation?", async (_, others, kept) => {
    const { world, claims } = claimedBy(others);
    const found = await claimLogins(world, SECRET, { server: SERVER, engine, logins: ["app"] });
    expect(found).toEqual(kept ? { claimedBy: OTHER } : { claims: [LOGIN] });
    expect(claims.get(LOGIN)).toBe(kept ? OTHER : SECRET);
  });

  it("is told by the secret that has it", async () => {
    const { world } = claimedBy({ [OTHER]: described() });
    await expect(checkClaims(world, SECRET, claimed)).rejects.toMatchObject({
      name: "ConflictError",
      message: expect.stringContaining(OTHER),
    });
  });

  it("is no other's where this one has it", async () => {
    const { world } = imagine({ claims: { [LOGIN]: SECRET } });
    await expect(checkClaims(world, SECRET, claimed)).resolves.toBeUndefined();
  });

  it.each([refusal("AccessDeniedError", "AccessDenied"), new TypeError("of ours")])(
    "is kept from this one while nobody can say whether the other is still managed: %s",
    async (error) => {
      const { world, claims } = claimedBy({});
      world.secrets.describe = () => Promise.reject(error);
      await expect(checkClaims(world, SECRET, claimed)).rejects.toMatchObject({ code: "SharedLogin" });
      const found = await claimLogins(world, SECRET, { server: SERVER, engine, logins: ["app"] });
      expect(found).toEqual({ claimedBy: OTHER });
      expect(claims.get(LOGIN)).toBe(OTHER);
    },
  );

  it("is not looked up where this one has claimed it before", async () => {
    const { world } = claimedBy({ [OTHER]: described() });
    await expect(checkClaims(world, SECRET, claimed, [LOGIN])).resolves.toBeUndefined();
  });

  it.each([
    ["single-user", ["app"]],
    ["alternating-users", ["app", "app_clone"]],
  ] as const)("with %s is one of %j", async (strategy, names) => {
    for (const name of ["app", "app_clone"]) {
      const { world } = imagine({ claims: { [`${SERVER} ${name}`]: OTHER }, others: { [OTHER]: described() } });
      const check = checkClaims(world, SECRET, { ...claimed, strategy });
      await ((names as readonly string[]).includes(name)
        ? expect(check).rejects.toMatchObject({ code: "SharedLogin" })
        : expect(check).resolves.toBeUndefined());
    }
  });
});

describe("what a rotation has proven", () => {
  it("is claimed once, however often it is called, and the admin's for the admin secret", async () => {
    const { world, claims } = imagine();
    const proven = { server: SERVER, engine, logins: ["app", "app_clone"], admin: { secretArn: OTHER, login: "boss" } };
    for (let time = 0; time < 2; time += 1)
      expect(await claimLogins(world, SECRET, proven)).toEqual({ claims: [LOGIN, `${SERVER} app_clone`] });
    expect(Object.fromEntries(claims)).toEqual({
      [`${SERVER} app`]: SECRET,
      [`${SERVER} app_clone`]: SECRET,
      [`${SERVER} boss`]: OTHER,
    });
  });

  it("are claimed in one order, whichever of a pair is in use, so that two secrets cannot get one each", async () => {
    for (const logins of [
      ["app", "app_clone"],
      ["app_clone", "app"],
    ]) {
      const { world } = imagine();
      const found = await claimLogins(world, SECRET, { server: SERVER, engine, logins });
      expect(found).toEqual({ claims: [LOGIN, `${SERVER} app_clone`] });
    }
  });
});
