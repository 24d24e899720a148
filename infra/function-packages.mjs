import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { constants, crc32, deflateRaw } from "node:zlib";
import { Zip } from "fflate";
import { bundle, closureOf } from "./bundle.mjs";
import { noticesOf, packagesIn } from "./third-party.mjs";

/** The same bytes from the same files, whenever and wherever. A zip's times begin here, and are local. */
const MODIFIED = new Date(1980, 0, 1);

/** What is in each package for the sake of others' licences. */
export const NOTICES = "THIRD-PARTY-LICENSES.txt";
/** esbuild's account of what went where, beside the packages. */
export const METAFILE = "metafile.json";

/**
 * Bundles the functions into `dist`, zips each into `folder`, with the chunks that it may load and the licences of what
 * stands in them, and tells osls. What functions have in common is compressed once.
 *
 * @param {{ getAllFunctions(): string[], getFunction(name: string): object }} service osls' description of the service
 * @param {{ dist?: string, folder?: string }} [to]
 */
export async function makePackages(service, { dist = "dist", folder = ".serverless" } = {}) {
  const described = service.getAllFunctions().map((name) => ({ name, ...sourceOf(name, service.getFunction(name)) }));
  const metafile = await bundle(join(dist, "functions"));
  const entries = new Map(Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [entryPoint, file]));
  await mkdir(folder, { recursive: true });
  const known = new Map();
  const compressedOnce = (file) => {
    if (!known.has(file))
      known.set(
        file,
        readFile(file).then((bytes) => compressed(relative(dist, file), bytes)),
      );
    return known.get(file);
  };
  for (const { name, fn, source } of described) {
    const files = closureOf(metafile, entries.get(source)).sort();
    const artifact = join(folder, `${name}.zip`);
    const notices = noticesOf(packagesIn(metafile, files), files.flatMap(commentsIn));
    await writeFile(
      artifact,
      zipped(await Promise.all([...files.map(compressedOnce), compressed(NOTICES, Buffer.from(notices))])),
    );
    fn.package = { ...fn.package, artifact };
  }
  await writeFile(join(folder, METAFILE), JSON.stringify(metafile));
}

function sourceOf(name, fn) {
  const source = fn.handler.replace(/\.handler$/, ".ts");
  if (!existsSync(source)) throw new Error(`${name}: there is no ${source} for the handler ${fn.handler}`);
  return { fn, source };
}

/** Licences that stood in the code itself. */
function commentsIn(file) {
  const comments = `${file}.LEGAL.txt`;
  return existsSync(comments) ? [readFileSync(comments, "utf8")] : [];
}

async function compressed(name, bytes) {
  const level = constants.Z_BEST_COMPRESSION;
  return {
    name,
    size: bytes.length,
    crc: crc32(bytes),
    data: await promisify(deflateRaw)(bytes, { level }),
  };
}

/** fflate writes the archive; that the entries are compressed already is in none of its shorter ways. */
function zipped(entries) {
  const parts = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  for (const { name, size, crc, data } of entries) {
    // 3: Unix, where the attributes are a file's mode.
    const file = { filename: name, size, crc, compression: 8, mtime: MODIFIED, os: 3, attrs: 0o100644 << 16 };
    zip.add(file);
    file.ondata(null, data, true);
  }
  zip.end();
  return Buffer.concat(parts);
}
