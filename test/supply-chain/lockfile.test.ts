import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lockedPackages } from "../../scripts/supply-chain/locked.js";
import { INSTALL_SCRIPTS, NEVER_INSTALLED, NO_INTEGRITY } from "../../scripts/supply-chain/policy.js";

const locked = lockedPackages();
const { allowScripts, dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

describe("the lockfile", () => {
  it("has the SHA-512 of every package that can be installed here", () => {
    const without = locked.filter(({ integrity = "" }) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(without.filter(({ name }) => !NO_INTEGRITY.test(name)).map(({ name }) => name)).toEqual([]);
    expect(without.filter(({ optional }) => !optional)).toEqual([]);
  });

  it("takes packages from npm's registry alone", () => {
    const elsewhere = locked.filter(({ resolved }) => resolved && !resolved.startsWith("https://registry.npmjs.org/"));
    expect(elsewhere).toEqual([]);
  });

  it("names each of our own choices by one version", () => {
    const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});

describe("scripts that run at the installation", () => {
  const named = [...new Set(locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name))];

  it("are those that scripts/supply-chain/policy.ts gives a reason for", () => {
    const here = named.filter((name) => !NEVER_INSTALLED.test(name));
    expect(here.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
  });

  it("are allowed to npm as they are there", () => {
    const may = Object.entries(INSTALL_SCRIPTS).map(([name, script]) => [name, script.may]);
    expect(allowScripts).toEqual(Object.fromEntries(may));
  });
});
