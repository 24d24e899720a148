import { parseArgs } from "node:util";
import { commandLine } from "../../stage/program.js";
import { type Report, reportTo } from "./report.js";

/** What has to be ended, the newest first. */
export type Ends = Array<() => Promise<void>>;

/**
 * A command that proves things with what others wrote: tells each at once, on stderr; with `--json` one document on stdout.
 * Exit code 1 where one fails, 0 where all hold or cannot run here. What is pushed into `ends` is ended in any case.
 */
export async function proof(usage: string, prove: (report: Report, ends: Ends) => Promise<void>): Promise<void> {
  const { json } = commandLine(usage, () => {
    const { values } = parseArgs({
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    });
    return values;
  });
  const report = reportTo(process.stderr);
  const ends: Ends = [];
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void endAll(ends).finally(() => process.exit(130)));
  try {
    await prove(report, ends);
  } catch (error) {
    report.fail("What the proofs need", (error as Error).message);
  } finally {
    await endAll(ends);
  }
  const failed = report.ran.filter(({ ok }) => ok === false);
  if (json) console.log(JSON.stringify({ ran: report.ran }, null, 2));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

async function endAll(ends: Ends): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) await end().catch((error: Error) => console.error(error.message));
}
