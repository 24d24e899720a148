import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { startLoad } from "./busy/load.js";

interface Results {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

const USAGE = `npm run test:busy -- [--runs 10] [--workers 4] [FILE ...]

Runs the tests, all of them or these files, again and again on a machine that is kept busy: what passes only because a machine
is fast fails here. --workers is how many files run at once: more than there are processors, so that they keep each other
waiting, too.`;

const { runs, workers, files } = commandLine(USAGE, () => {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: "string", default: "10" },
      workers: { type: "string", default: "4" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  return {
    help: values.help,
    runs: wholeNumber("runs", values.runs, 1),
    workers: wholeNumber("workers", values.workers, 1),
    files: positionals,
  };
});

await program(async (interrupted) => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-busy-"));
  const load = startLoad();
  console.log(`Busy with ${load.name}; ${workers} files of tests at once.`);
  let failed = 0;
  try {
    for (let nth = 1; nth <= runs; nth += 1) if (!(await passes(nth, folder, interrupted))) failed += 1;
  } finally {
    await load.stop();
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`${runs - failed} of ${runs} runs passed`);
  return failed > 0 ? 1 : 0;
});

/** One run of the tests; says how it went. */
async function passes(nth: number, folder: string, interrupted: AbortSignal): Promise<boolean> {
  const file = join(folder, `${nth}.json`);
  const begun = performance.now();
  console.log(`run ${nth} of ${runs} begins at ${new Date().toISOString()}`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const args = ["run", ...files, `--maxWorkers=${workers}`, ...reporters];
  const child = spawn("node_modules/.bin/vitest", args, {
    ...{ stdio: ["ignore", "pipe", "pipe"], signal: interrupted },
    env: { ...process.env, NO_COLOR: "1" },
  });
  child.on("error", () => undefined);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const [code] = await once(child, "close");
  interrupted.throwIfAborted();
  const results = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as Results,
    () => undefined,
  );
  const seconds = Math.round((performance.now() - begun) / 1000);
  if (!results) {
    console.log(`run ${nth}: the tests did not begin\n${said.slice(-4_000)}`);
    return false;
  }
  const { numPassedTests, numFailedTests, numPendingTests, success } = results;
  const counts = `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
  console.log(`run ${nth}: ${counts} in ${seconds} s, at a load of ${loadavg()[0]?.toFixed(1)}`);
  const good = code === 0 && success;
  // With what was found, which the other report has not.
  if (!good) console.log(said.slice(Math.max(0, said.indexOf(" Failed "), said.length - 20_000)));
  return good;
}
