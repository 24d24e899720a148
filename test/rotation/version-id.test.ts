import { describe, expect, it } from "vitest";
import { versionIdOf } from "../../src/rotation/version-id.js";
import { SEED } from "./imagined/ledger.js";
import { OWN, OWN_VERSION } from "./imagined/rotation.js";

describe("the version that an execution writes", () => {
  it("is the same in every call and every release, in the form of a UUID", () => {
    // For good: what a release began, the next may have to bring to rest.
    expect(versionIdOf(SEED, OWN)).toBe(OWN_VERSION);
  });

  it("is another for another execution, and for another seed, which nobody knows beforehand", () => {
    const ids = [versionIdOf("a", "b"), versionIdOf("a", "c"), versionIdOf("b", "b"), versionIdOf("", "a b")];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
