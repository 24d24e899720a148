import { readFileSync, writeFileSync } from "node:fs";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { besideTable } from "./costs/beside.js";
import { alarmMetricsOf, costTable } from "./costs/month.js";
import { kindsTable } from "./tables/kinds.js";
import { withTable } from "./tables/markdown.js";

// Writes what a deployment makes, and what it costs, from the packaged template into docs/deploy.md; and what a rotation costs
// beside other ways into docs/cost.md.
await ensurePackage();
const template = JSON.parse(readFileSync(TEMPLATE, "utf8"));
const document = withTable(
  readFileSync("docs/deploy.md", "utf8"),
  "what is made, by npm run deploy-tables",
  kindsTable(template),
);
writeFileSync(
  "docs/deploy.md",
  withTable(document, "what it costs, by npm run deploy-tables", costTable(alarmMetricsOf(template))),
);
console.log(`docs/deploy.md has ${Object.keys(template.Resources).length} resources.`);
writeFileSync(
  "docs/cost.md",
  withTable(readFileSync("docs/cost.md", "utf8"), "what a rotation costs, by npm run deploy-tables", besideTable()),
);
