import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

// What the documents tell people to run and takes a second.

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const out = mkdtempSync(join(tmpdir(), "keyturn-policies-"));
afterAll(() => rmSync(out, { recursive: true }));

it.each([
  ["licences", ["--json"], '"licence"'],
  ["sbom", [], "dist/sbom"],
  ["account-template", ["--account", "123456789012"], "keyturn-dev-plan-"],
  ["deployer-policy", ["--account", "123456789012", "--out", out], "aws iam attach-role-policy"],
])("npm run %s", async (script, options, said) => {
  const [, file = ""] = /(\S+\.ts)$/.exec(scripts[script] ?? "") ?? [];
  const { stdout } = await promisify(execFile)("node", ["--import", "tsx", file, ...options], { maxBuffer: 1e8 });
  expect(stdout).toContain(said);
});
