import { readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { JUDGED } from "../../scripts/prove-machines/judged.js";
import { packagedMachines } from "../../scripts/prove-machines/machines.js";
import { scenariosOf } from "../../scripts/prove-machines/scenarios/all.js";

const page = readFileSync("docs/second-interpreter.md", "utf8");

it("docs/second-interpreter.md lists what is put right in moto, and what is known of our own, with AWS's page", () => {
  const put = readFileSync("scripts/prove-machines/mends.py", "utf8").matchAll(/@mend\(\s*"(.+?)",\s*"(.+?)",?\s*\)/g);
  const known = [
    ...[...put].map(([, what = "", path = ""]) => `${what} https://docs.aws.amazon.com${path}`),
    ...JUDGED.map(({ what, page: url }) => `${what} ${url}`),
  ];
  const rows = page.matchAll(/^\| (.+?) +\| \[[^\]]+\]\((https:.+?)\) +\|$/gm);
  expect(known.length).toBeGreaterThan(5);
  expect([...rows].map(([, what, url]) => `${what} ${url}`)).toEqual(known);
});

it("docs/second-interpreter.md counts the scenarios of each machine", () => {
  const counted = [...packagedMachines(inject("template"))].map(([file, machine]) => {
    return `${file} ${scenariosOf(file, machine).length}`;
  });
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (\d+) +\|/gm)].map(([, file, count]) => `${file} ${count}`);
  expect(rows.sort()).toEqual(counted.sort());
});
