import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the package is made from, and with. */
const INPUTS = [
  ...["functions", "infra", "src", "statemachines"],
  ...["serverless.yml", "keyturn.schema.json", "tsconfig.json", "package.json", "package-lock.json", "LICENSE"],
  // What is installed, which the lockfile only wishes for.
  "node_modules/.package-lock.json",
];

export const TEMPLATE = ".serverless/cloudformation-template-update-stack.json";
const STAMP = ".serverless/made-from";

/**
 * Packages the service as `npx serverless package` does, unless the package there is made from what is there now: the
 * files, the settings, the installed packages and Node.js itself. osls removes the note of that with the package, whoever
 * packages next. The package is the same for every region.
 *
 * @returns {Promise<"packaged" | "up to date">}
 */
export async function ensurePackage() {
  const { AWS_REGION: _, ...env } = process.env;
  const now = hashOf([...INPUTS, env.KEYTURN_SETTINGS ?? "keyturn.yml"]);
  if (existsSync(TEMPLATE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === now) return "up to date";
  const child = spawn("node_modules/.bin/serverless", ["package"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`serverless package failed:\n${output}`);
  writeFileSync(STAMP, now);
  return "packaged";
}

function hashOf(paths) {
  const hash = createHash("sha256").update(process.version);
  for (const file of paths.flatMap(filesIn)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** The embedded cloud is not in the package. */
function filesIn(path) {
  if (path === join("src", "local")) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
