import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { ensurePackage } from "../infra/package.mjs";
import { program } from "../stage/program.js";
import { bundles } from "./supply-chain/bundled.js";
import { lockedPackages } from "./supply-chain/locked.js";
import { bill, billOfBundle } from "./supply-chain/sbom.js";

const FOLDER = "dist/sbom";

// Writes bills of materials: one of each function's package, by what stands in it, and one of all that the lockfile names.
await program(async () => {
  await ensurePackage();
  const { name, version } = JSON.parse(await readFile("package.json", "utf8")) as { name: string; version: string };
  const locked = lockedPackages();
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const made = bundles();
  for (const bundle of made)
    await writeFile(`${FOLDER}/${bundle.name}.cdx.json`, billOfBundle(bundle, version, locked));
  await writeFile(`${FOLDER}/${name}.cdx.json`, bill({ name, version }, locked));
  console.log(
    `${FOLDER} has ${made.length} bills of functions' packages, and ${name}.cdx.json of all ${locked.length}.`,
  );
  return 0;
});
