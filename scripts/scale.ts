import { readFileSync, writeFileSync } from "node:fs";
import { scalePage } from "./scale/page.js";

// Writes into docs/scale.md what a run over so many secrets comes to, as it is reckoned in virtual time.
const PAGE = "docs/scale.md";
writeFileSync(PAGE, await scalePage(readFileSync(PAGE, "utf8")));
console.log(`${PAGE} has its tables.`);
