import { readFileSync } from "node:fs";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { alarmMetricsOf, costTable } from "./costs/month.js";

// Prints the table of costs of docs/deploy.md, with the alarms of this checkout's keyturn.yml.
await ensurePackage();
console.log(costTable(alarmMetricsOf(JSON.parse(readFileSync(TEMPLATE, "utf8")).Resources)));
