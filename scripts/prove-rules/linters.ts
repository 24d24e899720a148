import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Ends } from "../proof/command.js";
import type { Report } from "../proof/report.js";
import { answered, type Finding } from "./answers.js";
import { checkov, lintAndModels } from "./environments.js";

const run = promisify(execFile);

/** A program of a Python package, which gives its findings about a template as JSON, and an exit code where there are any. */
interface Linter {
  readonly tool: string;
  readonly environment: (folder: string) => Promise<string>;
  /** The template is the last. */
  readonly arguments_: readonly string[];
  readonly findings: (said: string) => readonly Finding[];
}

const LINTERS: readonly Linter[] = [
  {
    tool: "cfn-lint",
    environment: lintAndModels,
    arguments_: ["--format", "json", "--template"],
    findings: (said) =>
      (JSON.parse(said) as Array<{ Rule: { Id: string }; Location: { Path: unknown[] }; Message: string }>).map(
        ({ Rule, Location, Message }) => ({ check: Rule.Id, about: Location.Path.join("/"), message: Message }),
      ),
  },
  {
    tool: "checkov",
    environment: checkov,
    // Nothing is asked of, or told to, anybody.
    arguments_: [
      "--framework",
      "cloudformation",
      "--output",
      "json",
      "--compact",
      "--quiet",
      "--skip-download",
      "--file",
    ],
    findings(said) {
      const { results, summary } = JSON.parse(said) as {
        results: { failed_checks: Array<{ check_id: string; check_name: string; resource: string }> };
        summary: { parsing_errors: number; passed: number };
      };
      if (summary.parsing_errors > 0 || summary.passed === 0) throw new Error("checkov could not read the template.");
      return results.failed_checks.map(({ check_id, check_name, resource }) => ({
        check: check_id,
        about: resource,
        message: check_name,
      }));
    },
  },
];

/** Holds the templates against what others look for in one; each finding has its answer in answers.yml. */
export async function linters(
  report: Report,
  folder: string,
  templateFiles: readonly string[],
  ends: Ends,
): Promise<void> {
  const ended = new AbortController();
  ends.push(async () => ended.abort());
  for (const { tool, environment, arguments_, findings } of LINTERS)
    await report.prove(`${tool} finds nothing that is not answered`, async () => {
      const program = await environment(folder);
      const options = { maxBuffer: 2 ** 28, signal: ended.signal };
      const found: Finding[] = [];
      for (const file of templateFiles) {
        const { stdout, stderr } = await run(join(dirname(program), tool), [...arguments_, file], options).catch(
          (error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? "", stderr: error.stderr ?? "" }),
        );
        if (!stdout.trim()) throw new Error(`${tool} has said nothing of ${file}. ${stderr.slice(-1_000)}`);
        found.push(...findings(stdout));
      }
      return answered(tool, found);
    });
}
