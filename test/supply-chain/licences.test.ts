import { readFileSync } from "node:fs";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { NOTICES } from "../../infra/function-packages.mjs";
import { noticesOf } from "../../infra/third-party.mjs";
import { bundles } from "../../scripts/supply-chain/bundled.js";
import { licencesOf, unlisted } from "../../scripts/supply-chain/licences.js";
import { lockedPackages } from "../../scripts/supply-chain/locked.js";

const locked = lockedPackages();
const made = bundles();

describe("the licence of every package", () => {
  it("is allowed where the package is", () => expect(unlisted(licencesOf(locked, made))).toEqual([]));

  it("is what the package itself says", () => {
    const said = made.flatMap(({ packages }) => packages);
    const other = said.filter(
      (one) =>
        !locked.some(
          ({ name, version, licence }) => one.name === name && one.version === version && one.licence === licence,
        ),
    );
    expect(other).toEqual([]);
  });

  it("is one for production, where the package is in a bundle", () => {
    const inside = made.flatMap(({ packages }) => packages.map(({ name, version }) => `${name}@${version}`));
    const atWork = locked.filter(
      ({ name, version, atWorkOnly }) => atWorkOnly && inside.includes(`${name}@${version}`),
    );
    expect(atWork).toEqual([]);
  });

  it.each([
    ["bundled", "MPL-2.0", "HANDED_ON"],
    ["production", "none", "HANDED_ON"],
    ["at work only", "AGPL-3.0-only", "AT_WORK_ONLY"],
  ] as const)("that is %s is refused under %s, with what to do", (where, licence, list) => {
    expect(unlisted([{ package: "odd@1.0.0", licence, where }])).toEqual([
      `odd@1.0.0 (${where}) is under ${licence}, which scripts/supply-chain/policy.ts does not allow. ` +
        `Do without it, or read the licence and put it into ${list} there.`,
    ]);
  });
});

describe("the notices of others", () => {
  it.each(made)("are in $name's package, of each that stands in it", ({ artifact, packages }) => {
    const notices = strFromU8(unzipSync(readFileSync(artifact))[NOTICES] ?? new Uint8Array());
    expect(notices).not.toBe("");
    for (const { name, version, licence } of packages) expect(notices).toContain(`${name} ${version} (${licence})\n`);
  });

  it("are the texts that the packages bring, and what stands in their code", () => {
    const setSecret = made.find(({ name }) => name === "setSecret");
    const notices = strFromU8(unzipSync(readFileSync(setSecret?.artifact ?? ""))[NOTICES] ?? new Uint8Array());
    for (const words of [
      "Copyright (c) 2010 - 2021 Brian Carlson", // pg's LICENSE
      "Copyright (c) 2014 Brian M. Carlson", // pg-types' README
      "Copyright (c) 2015, 2026, Oracle and/or its affiliates.", // oracledb's NOTICE.txt
      "This product calls the top level APIs of Node.js.", // oracledb's THIRD_PARTY_LICENSES.txt
      "Copyright 2009 The Closure Library Authors", // a comment in long
    ])
      expect(notices).toContain(words);
  });

  it("are missed where a package brings none", () => {
    const bare = { name: "bare", version: "1.0.0", licence: "MIT", folder: "test/infra" };
    expect(() => noticesOf([bare], [])).toThrow("bare 1.0.0 comes without the text of its licence (MIT)");
  });
});
