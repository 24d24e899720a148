// What `npm pack` puts into the package: the client for `import` and for `require`, each with its types.
import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const OUT = "dist/client";

await rm(OUT, { recursive: true, force: true });
for (const [format, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
]) {
  await build({
    entryPoints: ["src/client/client.ts"],
    outdir: `${OUT}/${format}`,
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    // The SDK is the package's dependency, the drivers are the application's.
    packages: "external",
    logLevel: "warning",
  });
  const { status } = spawnSync(
    "node_modules/.bin/tsc",
    ["-p", "tsconfig.client.json", "--outDir", `${OUT}/${format}`],
    {
      stdio: ["ignore", 2, 2],
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  // By this, Node.js and TypeScript know which of the two a folder holds.
  await writeFile(`${OUT}/${format}/package.json`, `${JSON.stringify({ type })}\n`);
}
