import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../src/engines/engine.js";
import { engineTraits } from "../../src/engines/registry.js";

const of = (engine: string, username: string, strategy: StrategyName = "alternating-users") =>
  engineTraits(engine).loginsOf(username, strategy);

/** Each spelling, in the words of a secret, of one login: whoever claims one of them claims them all. */
const SAME: ReadonlyArray<readonly [engine: string, spellings: readonly string[]]> = [
  ["sqlserver", ["app", "APP", "App", "app  "]],
  ["oracle", ["app", "APP", "App", '"APP"']],
  ["redshift", ["app", "APP", "App"]],
];

/** Two logins that have nothing to do with each other. */
const OTHERS: ReadonlyArray<readonly [engine: string, one: string, other: string]> = [
  ["sqlserver", "app", "apps"],
  ["oracle", "app", '"app"'],
  ["documentdb", "app", "APP"],
  ["documentdb", "app", "app "],
  ["postgres", "app", "APP"],
  ["mysql", "app", "APP"],
  ["mariadb", "app", "APP"],
];

const meet = (one: readonly string[], other: readonly string[]) => one.some((login) => other.includes(login));

describe("the logins that a rotation may change", () => {
  it.each(SAME)("on %s are the same for each of the spellings %j", (engine, spellings) => {
    for (const strategy of ["single-user", "alternating-users", "dual-password"] as const)
      expect(new Set(spellings.map((username) => JSON.stringify(of(engine, username, strategy)))).size).toBe(1);
  });

  it.each(SAME)("on %s are claimed once, whether by the base or by the clone (%j)", (engine, spellings) => {
    for (const base of spellings)
      for (const clone of ["app_clone", "APP_CLONE"]) {
        expect(meet(of(engine, base), of(engine, clone, "single-user"))).toBe(true);
        expect(meet(of(engine, clone), of(engine, base, "single-user"))).toBe(true);
      }
  });

  it.each(OTHERS)("on %s are others for %j and %j", (engine, one, other) => {
    expect(meet(of(engine, one), of(engine, other))).toBe(false);
  });

  it("are Oracle's in the dictionary's words, the clone's in capitals or small letters as the base's", () => {
    expect(of("oracle", "app")).toEqual(["APP", "APP_CLONE"]);
    expect(of("oracle", '"App"')).toEqual(["App", "App_clone"]);
    expect(of("oracle", "App_Clone")).toEqual(["APP_CLONE", "APP_CLONE_CLONE", "APP"]);
    expect(() => of("oracle", "gate[app]")).toThrow(/^MalformedName: /);
  });

  it("are one login without a clone where there is none", () => {
    for (const engine of ["sqlserver", "oracle", "documentdb"])
      for (const strategy of ["single-user", "dual-password"] as const)
        expect(of(engine, "app", strategy)).toHaveLength(1);
  });
});
