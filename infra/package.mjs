import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What goes into the package. */
const INPUTS = ["functions", "infra", "src", "statemachines"];
const FILES = ["serverless.yml", "keyturn.yml", "keyturn.schema.json", "package.json", "package-lock.json"];

export const TEMPLATE = ".serverless/cloudformation-template-update-stack.json";
const STAMP = ".serverless/made-from";

/**
 * Packages the service as `npx serverless package` does, unless the package there is made from the very files of now.
 *
 * @returns {Promise<"packaged" | "up to date">}
 */
export async function ensurePackage() {
  const now = hashOf([...INPUTS, ...FILES]);
  if (existsSync(TEMPLATE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === now) return "up to date";
  const child = spawn("node_modules/.bin/serverless", ["package"], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`serverless package failed:\n${output}`);
  writeFileSync(STAMP, now);
  return "packaged";
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesIn)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** The embedded cloud and the applications' client are not in the package. */
function filesIn(path) {
  if (path === join("src", "local") || path === join("src", "client")) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
