import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program } from "../stage/program.js";
import { bundles } from "./supply-chain/bundled.js";
import { type Licensed, licencesOf, USES, unlisted } from "./supply-chain/licences.js";
import { lockedPackages } from "./supply-chain/locked.js";

const USAGE = `npm run -s licences -- [--json]

Lists each package's licence: what stands in functions' packages, what else is installed in production, and what only makes
and tests Keyturn. Ends with 1 where scripts/supply-chain/policy.ts does not allow one.
  --json   one JSON document`;

const { json } = commandLine(USAGE, () => {
  const off = { type: "boolean", default: false } as const;
  return parseArgs({ options: { json: off, help: off } }).values;
});

await program(async () => {
  await ensurePackage();
  const licences = licencesOf(lockedPackages(), bundles());
  const refused = unlisted(licences);
  if (json) console.log(JSON.stringify({ licences, refused }, null, 2));
  else
    for (const use of USES)
      print(
        use,
        licences.filter(({ where }) => where === use),
      );
  for (const sentence of refused) console.error(sentence);
  return refused.length > 0 ? 1 : 0;
});

function print(use: string, licences: readonly Licensed[]): void {
  console.log(`${use}: ${licences.length} packages`);
  for (const licence of new Set(licences.map((one) => one.licence))) {
    const those = licences.filter((one) => one.licence === licence).map((one) => one.package);
    console.log(`  ${licence} (${those.length}): ${those.join(", ")}`);
  }
}
