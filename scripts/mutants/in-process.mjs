// A test runner for Stryker. Its own for vitest begins a worker for each mutant, which takes ten times as long as the tests
// that the mutant needs: https://stryker-mutator.io/docs/stryker-js/vitest-runner/. This one keeps them loaded.
import { readdirSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { collectTests, getFn, getHooks } from "@vitest/runner";
import { build } from "esbuild";

/** What starts a cloud or a database takes seconds, and a mutant is to be tried in a few hundredths of one. */
const needsACloud = (file) => /from ".*\/tools\/(cloud|postgres)\.js"/.test(readFileSync(file, "utf8"));

const testFiles = () =>
  ["test/rotation", "test/secrets"]
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith(".test.ts") && !needsACloud(file))
    .sort();

/** What vitest's runner must be told of; no test may take longer than a mutant is worth waiting for. */
const CONFIG = {
  setupFiles: [],
  sequence: { hooks: "stack", setupFiles: "list", shuffle: false, concurrent: false },
  testTimeout: 5_000,
  hookTimeout: 5_000,
  maxConcurrency: 1,
  passWithNoTests: true,
  allowOnly: true,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  retry: 0,
};

/** Where the instrumented code looks for what is on: https://stryker-mutator.io/docs/mutation-testing-elements/mutant-schemata */
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;

class InProcess {
  #loads = 0;
  #tests;

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** One file of all tests and all that they import, so that it can be loaded anew. */
  async init() {
    const entry = testFiles().map((file) => `${JSON.stringify(file)}: () => import("./${file}"),`);
    await build({
      stdin: { contents: `export default {\n${entry.join("\n")}\n};`, resolveDir: process.cwd() },
      absWorkingDir: process.cwd(),
      outfile: "mutants.bundle.mjs",
      alias: { vitest: resolve("scripts/mutants/vitest.mjs") },
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
    });
  }

  async dryRun() {
    stryker.mutantCoverage = { static: {}, perTest: {} };
    this.#tests = await this.#load();
    const tests = [];
    for (const test of this.#tests) {
      stryker.currentTestId = test.id;
      const begun = performance.now();
      const failureMessage = await failureOf(test);
      const outcome = failureMessage === undefined ? { status: 0 } : { status: 1, failureMessage };
      tests.push({ id: test.id, name: test.name, timeSpentMs: performance.now() - begun, ...outcome });
      stryker.currentTestId = undefined;
    }
    return { status: "complete", tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, sandboxFileName, testFilter, hitLimit, mutantActivation, reloadEnvironment }) {
    stryker.mutantCoverage = undefined;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    // A tenth of what Stryker waits for: ten times as often as without a mutant is a loop already.
    stryker.hitLimit = hitLimit === undefined ? undefined : hitLimit / 10;
    stryker.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
    try {
      if (reloadEnvironment || !this.#tests) this.#tests = await this.#load();
    } catch (error) {
      return killed([], error, 0);
    }
    stryker.activeMutant = activeMutant.id;
    const covering = testFilter ? this.#tests.filter(({ id }) => testFilter.includes(id)) : this.#tests;
    const isOther = ({ id }) => Number(!id.startsWith(mirrored(sandboxFileName)));
    let nrOfTests = 0;
    for (const test of covering.toSorted((a, b) => isOther(a) - isOther(b))) {
      nrOfTests += 1;
      const failure = await failureOf(test);
      if (stryker.hitCount > stryker.hitLimit) return { status: "timeout", reason: "It went round and round." };
      if (failure !== undefined) return killed([test.id], failure, nrOfTests);
    }
    return { status: "survived", nrOfTests };
  }

  async #load() {
    this.#loads += 1;
    const bundle = `${pathToFileURL(resolve("mutants.bundle.mjs"))}?${this.#loads}`;
    const { default: files } = await import(bundle);
    const collected = await collectTests(Object.keys(files), {
      config: { ...CONFIG, root: process.cwd() },
      importFile: (path) => files[path](),
    });
    const broken = collected.find(({ result }) => result?.errors?.length > 0);
    if (broken) throw broken.result.errors[0];
    return collected.flatMap((file) => testsOf(file, []));
  }
}

/** Where the tests of a file are, which most often find what is wrong in it: folders of tests mirror those of sources. */
const mirrored = (file) => relative(process.cwd(), file).replace(/^src/, "test").replace(/\.ts$/, ".");

function killed(killedBy, failure, nrOfTests) {
  return { status: "killed", killedBy, failureMessage: String(failure), nrOfTests };
}

/** The tests below a suite, in order, each with the suites that it is in. */
function testsOf(suite, within) {
  const suites = [...within, suite];
  const { beforeAll, afterAll } = getHooks(suite);
  if (beforeAll.length + afterAll.length > 0)
    throw new Error(`${suite.name}: beforeAll and afterAll are not run while mutants are tried.`);
  return suite.tasks.flatMap((task) => {
    if (task.mode === "skip" || task.mode === "todo") return [];
    if (task.type === "suite") return testsOf(task, suites);
    const name = [...suites, task].map((one) => one.name).join(" > ");
    return [{ id: name, name, task, suites }];
  });
}

/** Runs a test with what stands before and after it; says why it failed, if it did. */
async function failureOf({ task, suites }) {
  let failure;
  const attempt = async (work) => {
    try {
      await work();
    } catch (error) {
      failure ??= String(error?.message ?? error);
    }
  };
  for (const suite of suites)
    for (const hook of getHooks(suite).beforeEach) await attempt(() => hook(task.context, suite));
  if (failure === undefined) await attempt(() => getFn(task)());
  for (const suite of suites.toReversed())
    for (const hook of getHooks(suite).afterEach.toReversed()) await attempt(() => hook(task.context, suite));
  return failure;
}

export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: () => new InProcess() }];
