import { execFile } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { bundle } from "../scripts/bundle.mjs";
import { spread } from "./spread.js";

export interface BundleFigures {
  readonly function: string;
  /** Whose driver is loaded with it; none for a function that logs in nowhere. */
  readonly engine: string | null;
  /** Entry, what it imports and, with an engine, what is loaded for it; minified. */
  readonly kb: number;
  /** To load all of that in a fresh process; the median of five. */
  readonly loadMs: number;
}

const LOGS_IN = ["create-secret", "set-secret", "test-secret", "roll-back"];

/** What each function weighs, with each engine that it may load. */
export async function measureBundles(): Promise<BundleFigures[]> {
  const outdir = ".keyturn/bench-bundles";
  const figures: BundleFigures[] = [];
  for (const [name, metafile] of await bundle(outdir)) {
    const engines = LOGS_IN.includes(name) ? enginesIn(metafile) : new Map([[null, [] as string[]]]);
    for (const [engine, entries] of engines) {
      const files = closure(metafile, [join(outdir, name, "index.mjs"), ...entries]);
      const bytes = [...files].reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
      figures.push({ function: name, engine, kb: Math.round(bytes / 1024), loadMs: await loadTime([...files]) });
    }
  }
  return figures;
}

/** The chunks that begin at an engine's own folder, by engine, and the driver's behind them. */
function enginesIn(metafile: Metafile): Map<string | null, string[]> {
  const found = new Map<string | null, string[]>();
  for (const [file, { entryPoint, imports }] of Object.entries(metafile.outputs)) {
    const [, engine] = /^src\/engines\/(\w+)\/engine\.ts$/.exec(entryPoint ?? "") ?? [];
    if (engine)
      found.set(engine, [file, ...imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path)]);
  }
  return found;
}

function closure(metafile: Metafile, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file) || !metafile.outputs[file]) return;
    found.add(file);
    for (const { path, kind } of metafile.outputs[file].imports) if (kind === "import-statement") follow(path);
  };
  for (const file of from) follow(file);
  return found;
}

async function loadTime(files: readonly string[]): Promise<number> {
  const urls = files.map((file) => pathToFileURL(resolve(file)).href);
  const script = `const start = performance.now(); for (const url of ${JSON.stringify(urls)}) await import(url); console.log(performance.now() - start); process.exit()`;
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd: dirname(resolve(files[0] as string)),
      env: { ...process.env, KEYTURN_TABLE: "table", AWS_REGION: "eu-central-1" },
    });
    times.push(Number(stdout));
  }
  return Math.round(spread(times).median);
}
