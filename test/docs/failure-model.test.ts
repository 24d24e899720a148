import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The last cell of each row: a file in `test/`, and what one of its tests is called. */
const named = readFileSync("docs/failure-model.md", "utf8")
  .split("\n")
  .filter((line) => /^\| (?!Failure|What it is|-)/.test(line))
  .map((line) => line.split("|").at(-2)?.trim() ?? "");

describe("docs/failure-model.md", () => {
  it.each(named)("names a test that is there: %s", (test) => {
    const [, file = "", title = ""] = /^([\w/-]+)(?: "(.+)")?$/.exec(test) ?? [];
    expect(readFileSync(`test/${file}.test.ts`, "utf8")).toContain(title);
  });

  it("has a line for each failure", () => {
    expect(named.length).toBeGreaterThan(25);
  });
});
