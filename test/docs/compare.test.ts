import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/compare.md", "utf8");

/** The first two cells of each row: the feature, and how Keyturn has it. */
const rows = page
  .split("\n")
  .filter((line) => /^\| (?!Keyturn|-| )/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| /, "").trim()))
  .map(([feature = "", ours = ""]) => ({ feature, ours }));

const TEST = /\[([^\]]+)\]\(\.\.\/(test\/[\w/-]+\.test\.ts) "([^"]+)"\)/g;

describe("docs/compare.md", () => {
  it("has a row for each feature", () => expect(rows.length).toBeGreaterThan(60));

  it("leads from each cell of ours to a test, or says no", () => {
    const bare = rows.filter(({ ours }) => [...ours.matchAll(TEST)].length === 0);
    expect(bare.filter(({ ours }) => !/^no\b/.test(ours))).toEqual([]);
  });

  it.each(
    rows.flatMap(({ feature, ours }) =>
      [...ours.matchAll(TEST)].map(([, , file = "", title = ""]) => ({ feature, file, title })),
    ),
  )("$feature: $file has that test", ({ file, title }) => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    // Where a text begins, so that it is the beginning of a title.
    expect(["'", '"', "`"].some((quote) => text.includes(quote + title))).toBe(true);
  });
});
