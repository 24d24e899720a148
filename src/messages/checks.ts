import type { Check } from "../rotation/dry-run/checklist.js";
import type { EndedExecution } from "./on-record.js";

/** What a dry run's execution put out. */
export interface CheckOutput {
  readonly secretArn: string;
  readonly checks: readonly Check[];
}

/** The output of a dry run that found something wrong. */
export function failedCheck({ status, output = "{}" }: EndedExecution): CheckOutput | undefined {
  const said = JSON.parse(output) as Partial<CheckOutput> & { dryRun?: unknown; outcome?: unknown };
  const failed = status === "SUCCEEDED" && said.dryRun === true && said.outcome === "check failed";
  return failed ? (said as CheckOutput) : undefined;
}

/** Each thing that is wrong once, in words. */
export function wrongIn({ checks }: CheckOutput): string {
  const wrong = checks.filter(({ ok }) => !ok).map(({ code = "Unknown", message }) => `${code}: ${message}`);
  return [...new Set(wrong)].join(" ");
}
