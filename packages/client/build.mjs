// Builds what `npm pack` puts into the package: the client for `import` and for `require`, each with its types.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../..");
const DIST = join(HERE, "dist");
/** Beside `dist`, because all of that goes into the package. */
const STAMP = join(HERE, ".made-from");

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureClient();

/** Builds the client, unless the one there is built from the very files of now. */
export async function ensureClient() {
  const now = hashOfInputs();
  if (existsSync(DIST) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === now) return;
  rmSync(STAMP, { force: true });
  rmSync(DIST, { recursive: true, force: true });
  await bundle("esm", "module");
  await bundle("cjs", "commonjs");
  const types = join(DIST, "esm");
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", HERE, "--outDir", types], { stdio: ["ignore", 2, 2] });
  cpSync(types, join(DIST, "cjs"), { recursive: true, filter: (path) => path === types || path.endsWith(".d.ts") });
  // npm takes a licence from the package's own folder only.
  copyFileSync(join(ROOT, "LICENSE"), join(HERE, "LICENSE"));
  writeFileSync(STAMP, now);
}

async function bundle(format, type) {
  await build({
    entryPoints: [join(HERE, "src/client.ts")],
    outdir: join(DIST, format),
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    // The SDK is the package's dependency, the drivers are the application's.
    packages: "external",
    logLevel: "warning",
  });
  // By this, Node.js and TypeScript know which of the two a folder holds.
  writeFileSync(join(DIST, format, "package.json"), `${JSON.stringify({ type })}\n`);
}

function hashOfInputs() {
  const hash = createHash("sha256");
  const sources = readdirSync(join(HERE, "src")).map((name) => join(HERE, "src", name));
  const settings = ["build.mjs", "package.json", "tsconfig.json", "../../tsconfig.json", "../../package-lock.json"];
  for (const file of [...sources, ...settings.map((name) => join(HERE, name))])
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
