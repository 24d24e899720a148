import { readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

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

/**
 * Bundles the files of `functions/` into `outdir`, an entry for each and the chunks that they share or load when they
 * are needed, a driver in each. All in one go: what they have in common is most of it. Plain JavaScript, because osls
 * loads it.
 *
 * @param {string} outdir
 * @returns {Promise<import("esbuild").Metafile>} esbuild's account of what went where
 */
export async function bundle(outdir) {
  await rm(outdir, { recursive: true, force: true });
  const files = (await readdir("functions")).filter((file) => file.endsWith(".ts"));
  const { metafile } = await build({
    entryPoints: Object.fromEntries(files.map((file) => [basename(file, ".ts"), `functions/${file}`])),
    outdir,
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
    // Beside each output, for who hands it on.
    legalComments: "external",
    // A file is called by where node_modules is here, which may be a link: its real place would be in chunks' names.
    preserveSymlinks: true,
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

/**
 * An output and all that it may load; with `["import-statement"]`, all that it loads at once.
 *
 * @param {import("esbuild").Metafile} metafile
 * @param {string} entry
 * @param {string[]} [kinds]
 * @returns {string[]}
 */
export function closureOf({ outputs }, entry, kinds = ["import-statement", "dynamic-import"]) {
  const found = new Set([entry]);
  for (const file of found)
    for (const { path, kind, external } of outputs[file].imports)
      if (!external && kinds.includes(kind)) found.add(path);
  return [...found];
}
