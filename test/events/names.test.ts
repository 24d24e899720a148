import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DETAIL_TYPES } from "../../src/events/names.js";

const names = Object.values(DETAIL_TYPES);

/** What the package is made of, without comments. */
const sources = ["functions", "infra", "src", "statemachines", "serverless.yml"].flatMap(filesIn).map((file) => ({
  file,
  code: readFileSync(file, "utf8").replace(/^\s*(\/\*\*|\*|\/\/|#).*$/gm, ""),
}));

function filesIn(path: string): string[] {
  if (/\.[a-z]+$/.test(path)) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

describe("the names of events", () => {
  it("stand once, and whoever needs one takes it from there", () => {
    const elsewhere = sources.flatMap(({ file, code }) =>
      names.filter((name) => code.includes(name)).map((name) => `${name}: ${file}`),
    );
    const stands = join("src", "events", "names.ts");
    // What explains them to people says them in its sentences.
    expect(elsewhere.filter((one) => !one.includes(join("src", "explain"))).sort()).toEqual(
      names.map((name) => `${name}: ${stands}`).sort(),
    );
  });

  it("are those that docs/architecture.md explains", () => {
    const page = readFileSync("docs/architecture.md", "utf8");
    const explained = [...page.matchAll(/^\| `((?:Secrets?|Fleet|Consumer) [A-Za-z ]+)` +\|/gm)].map(
      ([, name = ""]) => name,
    );
    const announced = names.filter((name) => name !== DETAIL_TYPES.rotationRequested);
    expect(explained.sort()).toEqual(announced.sort());
    expect(page).toContain(`\`${DETAIL_TYPES.rotationRequested}\``);
  });
});
