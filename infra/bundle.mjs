import { readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

/**
 * Bundles each file of `functions/` into a folder of its own: the entry and the chunks that it loads when they are
 * needed, a driver in each. Plain JavaScript, because osls loads it.
 *
 * @param {string} outdir
 * @returns {Promise<Map<string, import("esbuild").Metafile>>} esbuild's account of what went where, by function
 */
export async function bundle(outdir) {
  await rm(outdir, { recursive: true, force: true });
  const files = (await readdir("functions")).filter((file) => file.endsWith(".ts"));
  return new Map(
    await Promise.all(files.map(async (file) => [basename(file, ".ts"), await bundleFunction(file, outdir)])),
  );
}

/** What drivers would load for ways to log in, or to compress, that Keyturn does not use. */
const NEVER_LOADED = [
  "pg-native",
  "mongodb-client-encryption",
  "kerberos",
  "snappy",
  "@mongodb-js/zstd",
  "socks",
  "aws4",
  "gcp-metadata",
  "@aws-sdk/credential-providers",
];

async function bundleFunction(file, outdir) {
  const { metafile } = await build({
    entryPoints: { index: `functions/${file}` },
    outdir: `${outdir}/${basename(file, ".ts")}`,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    // The oldest Node.js that the local mode runs on; Lambda's is newer.
    target: "node20",
    format: "esm",
    // Where a package has both, as the SDK: of ES modules what nobody calls is left out, which is half of it.
    mainFields: ["module", "main"],
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    metafile: true,
    legalComments: "none",
    external: NEVER_LOADED,
    // The driver of SQL Server loads these at once, for logins to Azure: megabytes that nobody here calls.
    alias: { "@azure/identity": "./infra/nothing.cjs", "@azure/core-auth": "./infra/nothing.cjs" },
    // Drivers are CommonJS and call require for Node's own modules.
    banner: {
      js: 'import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);',
    },
    logLevel: "warning",
  });
  return metafile;
}
