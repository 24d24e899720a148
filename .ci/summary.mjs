// Prints what vitest counted as one line. A test that was skipped without being a known optional one is a failure:
// nothing is skipped in silence.
import { readFileSync } from "node:fs";

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {
      testResults: [],
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      success: false,
    };
  }
};
const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = read(process.argv[2]);
const skipped = testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status !== "passed" && status !== "failed"),
);
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
const required = skipped.filter(({ fullName }) => !fullName.includes("(optional"));
// The checks before the tests count as one.
const checks = process.argv[3] === "0" ? 0 : 1;
const failed = Math.max(numFailedTests + required.length, success ? 0 : 1) + checks;
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
