import { readFileSync, writeFileSync } from "node:fs";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { securityTable } from "./security/table.js";
import { withTable } from "./tables/markdown.js";

// Writes what each role could do, from the packaged template, into SECURITY.md.
await ensurePackage();
const table = securityTable(JSON.parse(readFileSync(TEMPLATE, "utf8")));
writeFileSync("SECURITY.md", withTable(readFileSync("SECURITY.md", "utf8"), "made by npm run security-table", table));
console.log(`SECURITY.md has ${table.split("\n").length - 2} roles.`);
