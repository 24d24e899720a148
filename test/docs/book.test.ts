import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { besideTable } from "../../scripts/costs/beside.js";
import { withTable } from "../../scripts/tables/markdown.js";
import { RUNBOOK_MARK, runbookTables } from "../../scripts/tables/runbook.js";

const read = (page: string) => readFileSync(`docs/${page}`, "utf8");

it("the table of contents names every page", () => {
  const pages = ["", "engines/"].flatMap((folder) =>
    readdirSync(`docs/${folder}`).flatMap((file) => (file.endsWith(".md") ? `${folder}${file}` : [])),
  );
  const contents = read("README.md");
  expect(pages.filter((page) => page !== "README.md" && !contents.includes(`](${page})`))).toEqual([]);
});

it("the runbook has the tables of src/explain", () => {
  const text = read("runbook.md");
  expect(withTable(text, RUNBOOK_MARK, runbookTables())).toBe(text);
});

it("the page of costs has the table that is counted", () => {
  const text = read("cost.md");
  expect(withTable(text, "what a rotation costs, by npm run deploy-tables", besideTable())).toBe(text);
});
