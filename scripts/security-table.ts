import { readFileSync, writeFileSync } from "node:fs";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { securityTable, withTable } from "./security/table.js";

// Writes what each role could do, from the packaged template, into SECURITY.md.
await ensurePackage();
const table = securityTable(JSON.parse(readFileSync(TEMPLATE, "utf8")));
writeFileSync("SECURITY.md", withTable(readFileSync("SECURITY.md", "utf8"), table));
console.log(`SECURITY.md has ${table.split("\n").length - 2} roles.`);
