import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bundles } from "../../scripts/supply-chain/bundled.js";
import { lockedPackages } from "../../scripts/supply-chain/locked.js";
import { bill, billOfBundle } from "../../scripts/supply-chain/sbom.js";

/** As the library carries it; a schema names the others by these addresses. */
const schema = (name: string) =>
  JSON.parse(readFileSync(`node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`, "utf8"));
const others = ["spdx", "jsf-0.82"].map((name) => [
  `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
  schema(name),
]);
const ajv = new Ajv({ strict: false, schemas: Object.fromEntries(others) });
// No bill of ours has one of these.
for (const format of ["date-time", "idn-email", "iri-reference", "uri"]) ajv.addFormat(format, () => false);
const isValid = ajv.compile(schema("bom-1.6"));

const locked = lockedPackages();
const made = bundles();
const billOf = (name: string) => {
  const bundle = made.find((one) => one.name === name);
  if (!bundle) throw new Error(`There is no function ${name}.`);
  return JSON.parse(billOfBundle(bundle, "1.2.3", locked));
};
const purls = ({ components }: { components: Array<{ purl: string }> }) => components.map(({ purl }) => purl);

describe("a bill of materials", () => {
  it.each(made)("of $name is valid, of that very zip, and of what esbuild put into it", (bundle) => {
    const text = billOfBundle(bundle, "1.2.3", locked);
    const read = JSON.parse(text);
    expect(isValid(read) || isValid.errors).toBe(true);
    expect(billOfBundle(bundle, "1.2.3", locked)).toBe(text);
    const content = createHash("sha256").update(readFileSync(bundle.artifact)).digest("hex");
    expect(read.metadata.component).toMatchObject({ hashes: [{ alg: "SHA-256", content }] });
    expect(purls(read).sort()).toEqual(inputsOf(bundle.artifact));
  });

  it("of all is valid, and names every package of the lockfile with its SHA-512", () => {
    const read = JSON.parse(bill({ name: "keyturn", version: "1.2.3" }, locked));
    expect(isValid(read) || isValid.errors).toBe(true);
    expect(read.components).toHaveLength(locked.length);
    expect(read.components).toContainEqual(
      expect.objectContaining({
        purl: "pkg:npm/pg@8.23.1",
        scope: "required",
        hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
        licenses: [{ license: { id: "MIT" } }],
      }),
    );
  });

  it("has drivers where functions log in, and none where they do not", () => {
    const drivers = ["mongodb", "mysql2", "oracledb", "pg", "tedious"];
    const inside = (name: string) =>
      drivers.filter((driver) => purls(billOf(name)).some((purl) => purl.startsWith(`pkg:npm/${driver}@`)));
    for (const name of ["setSecret", "testSecret", "rollBack", "retireCredential"])
      expect(inside(name)).toEqual(drivers);
    for (const name of ["listDue", "sumUp", "tellPeople", "waitForReplicas"]) expect(inside(name)).toEqual([]);
  });

  it("names no time and no number of its own", () => {
    expect(billOf("plan")).not.toHaveProperty("serialNumber");
    expect(billOf("plan").metadata).not.toHaveProperty("timestamp");
  });
});

/** The packages that esbuild says stand in the outputs that a zip holds, read from the zip's own list of files. */
function inputsOf(artifact: string): string[] {
  const { outputs } = JSON.parse(readFileSync(".serverless/metafile.json", "utf8"));
  const inputs = Object.keys(unzipSync(readFileSync(artifact))).flatMap((file) =>
    Object.entries<{ bytesInOutput: number }>(outputs[`dist/${file}`]?.inputs ?? {}),
  );
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const parts = path.split("/");
    const at = parts.lastIndexOf("node_modules");
    if (at < 0 || bytesInOutput === 0) return [];
    return parts.slice(0, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join("/");
  });
  return [...new Set(folders)]
    .map((folder) => JSON.parse(strFromU8(readFileSync(`${folder}/package.json`))))
    .map(({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`)
    .sort();
}
