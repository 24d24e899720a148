import { execFile } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { bundle } from "../infra/bundle.mjs";
import { type Spread, spread } from "./spread.js";

export interface BundleFigures {
  readonly function: string;
  /** Whose driver is loaded with it, for one function that logs in; the others load the same. */
  readonly engine: string | null;
  /** Entry, what it imports and, with an engine, what is loaded for it; minified. */
  readonly kb: number;
  /** What of it is loaded for the engine alone. */
  readonly engineKb: number;
  /** To load all of that in a fresh process. */
  readonly loadMs: Spread;
}

/** The longest that a function of a rotation on PostgreSQL takes to load, its driver included. */
export function heaviestOnPostgres(bundles: readonly BundleFigures[]): number {
  const onPath = bundles.filter(({ engine }) => engine === null || engine === "postgres");
  return Math.max(...onPath.map(({ loadMs }) => loadMs.median));
}

const LOGS_IN = "set-secret";

/** What each function weighs, and one that logs in with each engine. Each is loaded so often. */
export async function measureBundles(loads: number, interrupted: AbortSignal): Promise<BundleFigures[]> {
  const outdir = ".keyturn/bench-bundles";
  const figures: BundleFigures[] = [];
  const metafile = await bundle(outdir);
  for (const name of functionsIn(metafile)) {
    const entry = closure(metafile, [join(outdir, `${name}.mjs`)]);
    const engines = name === LOGS_IN ? enginesIn(metafile) : [];
    for (const [engine, chunk] of [[null, undefined] as const, ...engines]) {
      interrupted.throwIfAborted();
      const own = chunk ? withDriver(metafile, entry, chunk) : new Set<string>();
      const files = [...entry, ...own];
      figures.push({
        function: name,
        engine,
        kb: weight(metafile, files),
        engineKb: weight(metafile, [...own]),
        loadMs: await loadTime(files, loads),
      });
    }
  }
  return figures;
}

function functionsIn({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ entryPoint }) => /^functions\/(.+)\.ts$/.exec(entryPoint ?? "")?.[1] ?? []);
}

/** The chunks that begin at an engine's own folder, by engine. */
function enginesIn(metafile: Metafile): Map<string, string> {
  const found = new Map<string, string>();
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    const [, engine] = /^src\/engines\/(\w+)\/engine\.ts$/.exec(entryPoint ?? "") ?? [];
    if (engine) found.set(engine, file);
  }
  return found;
}

/** All that an engine loads, its driver when it first connects; what the entry might load besides is not the engine's. */
function withDriver(metafile: Metafile, entry: ReadonlySet<string>, chunk: string): Set<string> {
  return closure(metafile, [chunk], ["import-statement", "dynamic-import"], entry);
}

function closure(
  metafile: Metafile,
  from: readonly string[],
  kinds: readonly string[] = ["import-statement"],
  without: ReadonlySet<string> = new Set(),
): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file) || without.has(file) || !metafile.outputs[file]) return;
    found.add(file);
    for (const { path, kind } of metafile.outputs[file].imports) if (kinds.includes(kind)) follow(path);
  };
  for (const file of from) follow(file);
  return found;
}

function weight(metafile: Metafile, files: readonly string[]): number {
  return Math.round(files.reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0) / 1024);
}

/** What functions read while they load. */
const DEPLOYED = {
  ...{
    KEYTURN_TABLE: "table",
    KEYTURN_TOPIC: "topic",
    KEYTURN_WEBHOOK: "{}",
    KEYTURN_RULES: "{}",
    AWS_REGION: "eu-central-1",
  },
  ...{ KEYTURN_ROTATE_SECRET: "machine", KEYTURN_CHECK_SECRET: "machine" },
};

/** What Node.js itself takes from its start to its end, with nothing to do. */
export async function measureNode(starts: number, interrupted: AbortSignal): Promise<Spread> {
  const times: number[] = [];
  for (let turn = 0; turn < starts; turn += 1) {
    interrupted.throwIfAborted();
    const start = performance.now();
    await promisify(execFile)(process.execPath, ["-e", "0"]);
    times.push(performance.now() - start);
  }
  return spread(times);
}

async function loadTime(files: readonly string[], loads: number): Promise<Spread> {
  const urls = files.map((file) => pathToFileURL(resolve(file)).href);
  const script = `const start = performance.now(); for (const url of ${JSON.stringify(urls)}) await import(url); console.log(performance.now() - start); process.exit()`;
  const times: number[] = [];
  for (let turn = 0; turn < loads; turn += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd: dirname(resolve(files[0] as string)),
      env: { ...process.env, ...DEPLOYED },
    });
    times.push(Number(stdout));
  }
  return spread(times);
}
