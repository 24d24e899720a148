// Prints what vitest counted, in one run or several, as one line. A test that was skipped without being a known optional one is a failure:
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
const [checked, ...files] = process.argv.slice(2);
const results = files.map(read);
const sum = (count) => results.reduce((all, one) => all + count(one), 0);
const skipped = results
  .flatMap(({ testResults }) => testResults)
  .flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status !== "passed" && status !== "failed"),
  );
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
const required = skipped.filter(({ fullName }) => !fullName.includes("(optional"));
// What did not run to its end has failed, whatever it counted; and the checks before the tests count as one.
const broken = results.filter(({ success, numFailedTests }) => !success && numFailedTests === 0).length;
const failed = sum(({ numFailedTests }) => numFailedTests) + required.length + broken + (checked === "0" ? 0 : 1);
const passed = sum(({ numPassedTests }) => numPassedTests);
const pending = sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);
console.log(`${passed} passed, ${failed} failed, ${pending} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
