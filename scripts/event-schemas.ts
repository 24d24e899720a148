import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { eventsPage } from "./events/page.js";
import { eventSchemas } from "./events/schemas.js";

// Writes the schema of every event into docs/events, and the page that has an example of each.
const FOLDER = "docs/events";
const schemas = eventSchemas();
mkdirSync(FOLDER, { recursive: true });
for (const file of readdirSync(FOLDER)) if (file.endsWith(".schema.json")) rmSync(`${FOLDER}/${file}`);
for (const [file, schema] of schemas) writeFileSync(`${FOLDER}/${file}`, `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync(`${FOLDER}/README.md`, eventsPage());
execFileSync("node_modules/.bin/biome", ["format", "--write", FOLDER], { stdio: "ignore" });
console.log(`${FOLDER} has ${schemas.size} schemas.`);
