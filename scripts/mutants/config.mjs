import { fileURLToPath } from "node:url";

/** Stryker's settings: https://stryker-mutator.io/docs/stryker-js/configuration/ */
export default {
  mutate: ["src/rotation/**/*.ts", "src/secrets/**/*.ts"],
  plugins: [fileURLToPath(new URL("in-process.mjs", import.meta.url))],
  testRunner: "in-process",
  coverageAnalysis: "perTest",
  concurrency: 2,
  // Milliseconds. Longer than any run of tests on a busy machine: one that is cut off counts as a mutant that was found.
  timeoutMS: 30_000,
  tempDirName: ".keyturn/mutants/sandbox",
  ignorePatterns: [".keyturn", ".serverless"],
  // What reads it needs the compiler's API, which TypeScript 7 has not.
  tsconfigFile: "none",
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ["clear-text", "progress-append-only", "json", "html"],
  clearTextReporter: { reportTests: false, reportMutants: false },
  jsonReporter: { fileName: ".keyturn/mutants/report.json" },
  htmlReporter: { fileName: ".keyturn/mutants/report.html" },
};
