import type { Execution, Phase } from "../../overview/execution.js";
import { type News, newsOf } from "../../overview/news.js";
import type { Live } from "../live.js";
import { plain, type Style } from "../style.js";

/** Prints what happens in an execution, phase by phase, each try that failed among it. Called for each change of it. */
export function phasePrinter(live: Live, style: Style): (execution: Execution) => void {
  let before: Execution | undefined;
  return (execution) => {
    const lines = newsOf(execution, before).flatMap((news) => lineOf(news, style));
    before = execution;
    live.print(lines, nowOf(execution.phases.at(-1), style));
  };
}

const WIDTH = "Roll back".length;

function lineOf(news: News, style: Style): string[] {
  const { phase } = news;
  const name = phase.name.padEnd(WIDTH);
  if (news.kind === "tried") {
    const { code, message } = news.wait.failed;
    return [`  ${style.yellow("↻")} ${name}  try ${news.attempt} failed: ${plain(`${code}: ${message}`)}`];
  }
  if (news.kind === "begun")
    return phase.name === "Wait"
      ? [`  ${style.yellow("…")} ${name}  ${plain(phase.because?.message ?? "")}`.trimEnd()]
      : [];
  if (phase.status === "failed" || phase.status === "cut off") {
    // The sentence that belongs to it is in the end.
    const why = phase.failed ? plain(phase.failed.code) : "the execution ended here";
    return [`  ${style.red("✘")} ${name}  ${took(phase)}  ${why}`];
  }
  return [`  ${style.green("✔")} ${name}  ${took(phase)}`];
}

function took({ startedAt, endedAt = startedAt, attempts }: Phase): string {
  return `${spent(endedAt.getTime() - startedAt.getTime())}${attempts > 1 ? `, ${attempts} tries` : ""}`;
}

/** Milliseconds, for people. */
export function spent(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

function nowOf(phase: Phase | undefined, style: Style): string | undefined {
  if (!phase || phase.endedAt) return undefined;
  const waits = phase.status === "retrying" ? "  is tried again" : "";
  return style.dim(`  … ${phase.name}${waits}`);
}
