import pc from "picocolors";
import type { Progress } from "../../src/local/step-functions/run.js";
import type { Rotated } from "./rotation.js";

const PHASES = new Set([
  "Plan",
  "Create secret",
  "Set secret",
  "Test secret",
  "Finish secret",
  "Roll back",
  "Record",
  "Announce",
  "Record outcome",
  "Announce outcome",
]);

/** Prints as the demo goes on: lines in a pipe, and on a terminal a line that is waited on. */
export function show(out: NodeJS.WriteStream = process.stdout) {
  const live = Boolean(out.isTTY);
  let started = 0;

  const line = (text = "") => out.write(`${text}\n`);
  const waiting = (text: string) => live && out.write(`  ${pc.yellow("◌")} ${text}\r`);
  const done = (name: string, ms: number, note = "") =>
    line(`  ${pc.green("✔")} ${name.padEnd(15)}${pc.dim(`${Math.round(ms)} ms`.padStart(8))}  ${note}`);

  return {
    line,
    title: (text: string) => line(`\n${pc.bold(text)}`),
    async step<Result>(name: string, work: () => Promise<Result>, note: (result: Result) => string): Promise<Result> {
      waiting(name);
      const start = performance.now();
      const result = await work();
      done(name, performance.now() - start, note(result));
      return result;
    },
    progress({ type, state, retryCount, error }: Progress) {
      if (!PHASES.has(state)) return;
      if (type === "TaskStarted") {
        started = performance.now();
        waiting(state);
      } else if (type === "TaskSucceeded") {
        done(state, performance.now() - started, retryCount > 0 ? `at attempt ${retryCount + 1}` : "");
      } else if (type === "TaskFailed") {
        line(
          `  ${pc.red("✘")} ${state.padEnd(15)}${pc.dim(`${Math.round(performance.now() - started)} ms`.padStart(8))}  ${error}`,
        );
      }
    },
    proof(text: string, holds: boolean) {
      line(`  ${holds ? pc.green("✔") : pc.red("✘")} ${text}`);
    },
    left({ audit, event, message, apiCalls, logins }: Rotated) {
      const { secretArn: _arn, executionArn: _execution, phases, ...rest } = audit;
      const calls = Object.entries(apiCalls).filter(([name]) => name.startsWith("secretsmanager:"));
      const total = calls.reduce((sum, [, count]) => sum + count, 0);
      line(`\n${pc.bold("What it left")}`);
      line(`  event    ${event["detail-type"]} ${pc.dim(`(${event.source}, ${event.time})`)}`);
      if (message) line(`  message  ${[message.subject, ...glance(message.message)].join(pc.dim(" / "))}`);
      line(
        `  audit    ${phases.map(({ name, ms, attempts }) => `${name} ${ms} ms${attempts > 1 ? ` ×${attempts}` : ""}`).join(", ")}`,
      );
      for (const [name, value] of Object.entries(rest)) {
        if (typeof value === "string") line(`           ${pc.dim(`${name}:`)} ${value}`);
      }
      line(`  took     ${total} Secrets Manager calls, ${logins.ok} logins, ${logins.failed} failed logins`);
    },
  };
}

/** The lines of a message that say when and what to do next. */
function glance(text: string): string[] {
  return text
    .split("\n")
    .filter((one) => /^(When|Next):/.test(one))
    .map((one) => one.replace(/ +/g, " "));
}
