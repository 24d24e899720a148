import { readFileSync, writeFileSync } from "node:fs";
import { explanations } from "../src/explain/explain.js";
import { withTable } from "./tables/markdown.js";
import { RUNBOOK_MARK, runbookTables } from "./tables/runbook.js";

// Writes what each code means, and what to do, from src/explain into docs/runbook.md.
writeFileSync("docs/runbook.md", withTable(readFileSync("docs/runbook.md", "utf8"), RUNBOOK_MARK, runbookTables()));
console.log(`docs/runbook.md has ${explanations().length} codes.`);
