import { followRun } from "../../aws/overview/follow-run.js";
import type { Run } from "../../overview/run.js";
import type { Answer, Work } from "../command.js";
import { confirmed } from "../confirm.js";
import { EXIT, type ExitCode } from "../exit.js";
import { live } from "../live.js";
import { plain, type Style } from "../style.js";
import { lineOf } from "./again.js";
import { type AskOptions, asking } from "./asked.js";
import { nextLines } from "./ending.js";
import { type FailedSecret, failedIn } from "./failures.js";
import { start } from "./one.js";
import { count, countsOf, listed, runPrinter, together } from "./runs.js";
import type { RunOptions } from "./selected.js";

/** What is to be rotated, as `rotate-fleet` is asked for it: several requests where one cannot hold all. */
export interface Many {
  readonly selections: ReadonlyArray<Readonly<Record<string, unknown>>>;
  /** Names, in the order in which they come. */
  readonly names: readonly string[];
  /** Why some are not taken. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Shows what would be rotated, has a person say that it is meant, and does it. */
export async function rotateMany(work: Work<AskOptions & RunOptions>, many: Many): Promise<Answer> {
  const { deployment, host, options, progress, style } = work;
  const number = many.names.length;
  if (number === 0) return nothing(many);
  for (const line of reviewLines(many, options, style)) progress(line);
  const does = `rotates ${count(number, "secret")} of the stage ${options.stage}`;
  await confirmed(host, { yes: options.yes ?? false, does, word: String(number) });
  const { RotateFleetArn } = await deployment.outputs();
  const asked = {
    ...(await asking(deployment, options)),
    ...(options.atOnce === undefined ? {} : { concurrency: options.atOnce }),
    ...(options.tolerate === undefined ? {} : { toleratedFailurePercent: options.tolerate }),
  };
  const runs: Run[] = [];
  for (const selection of many.selections) {
    const executionArn = await start(work, RotateFleetArn, { selection, ...asked });
    if (options.detach) {
      if (selection === many.selections.at(-1)) return goesOn(work, executionArn);
      continue;
    }
    const run = await watched(work, executionArn);
    if (!run?.end) return { ...goesOn(work, executionArn), exit: EXIT.interrupted };
    runs.push(run);
    // One that stopped itself, or was stopped, is no reason to begin the next.
    if (run.status !== "succeeded") break;
  }
  return answerOf(work, runs);
}

function nothing({ leftOut }: Many): Answer {
  const left = Object.keys(leftOut).length > 0 ? ` Left out${listed(leftOut)}.` : "";
  return {
    json: { rotated: 0, skipped: 0, failed: 0, byReason: {}, leftOut, failures: [] },
    text: () => `There is nothing to rotate: no secret is selected.${left}`,
    exit: EXIT.skipped,
  };
}

/** Names that are shown. */
const MOST_SHOWN = 20;

function reviewLines({ names, leftOut }: Many, { atOnce = 10, tolerate }: RunOptions, style: Style): string[] {
  const more = names.length - MOST_SHOWN;
  const waves =
    tolerate === undefined ? "" : `, in waves: one, ten, then all; it stops when more than ${tolerate} % of one fail`;
  return [
    `${style.bold(count(names.length, "secret"))}, ${Math.min(atOnce, names.length)} at once${waves}:`,
    ...names.slice(0, MOST_SHOWN).map((name) => `  ${plain(name)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(Object.keys(leftOut).length > 0 ? [`Left out${listed(leftOut)}.`] : []),
  ];
}

/** Shows a run until it has ended; without an end where Ctrl-C came first. */
export async function watched(
  { host, deployment, style }: Work<unknown>,
  executionArn: string,
): Promise<Run | undefined> {
  const lines = live(host);
  const print = runPrinter(lines, style);
  let last: Run | undefined;
  try {
    for await (const run of followRun(await deployment.states(), executionArn, { signal: host.interrupted })) {
      last = run;
      print(run);
    }
  } finally {
    lines.end();
  }
  return last;
}

/** What is said of a run that goes on by itself. */
export function goesOn({ options }: Work<unknown>, executionArn: string): Answer {
  const next = [lineOf(["status"], options), lineOf(["stop", executionArn], options)];
  return {
    json: { executionArn, status: "running", next },
    text: (style) => ["The run goes on in the cloud.", `  ${executionArn}`, ...nextLines(next, style)].join("\n"),
  };
}

/** What is said when runs have ended, one after the other. */
export async function answerOf(work: Work<unknown>, runs: readonly Run[]): Promise<Answer> {
  const counts = together(runs);
  const last = runs.at(-1);
  const failures = await failedIn(
    work,
    runs.flatMap(({ end }) => end?.failures ?? []),
  );
  const isWell = last?.status === "succeeded" && counts.failed === 0;
  const reasons = [...new Set(failures.map(({ reason }) => reason))];
  const next = [
    ...(failures.some(({ outcome }) => outcome === "needs attention") ? [["settle", needing(failures)] as const] : []),
    ...(last?.status === "succeeded" ? [] : [["resume", last?.executionArn ?? ""] as const]),
    ...reasons.slice(0, 3).map((reason) => ["retry", "--reason", reason] as const),
    // A schedule does not try again at once what has failed; who asks, does.
    ...(counts.leftOut.BackingOff ? [["retry"] as const] : []),
    ...(isWell ? [["status"] as const] : []),
  ].map((command) => lineOf(command, work.options));
  return {
    json: {
      executionArns: runs.map(({ executionArn }) => executionArn),
      status: last?.status,
      reason: last?.end?.reason,
      message: last?.end?.message,
      ...counts,
      failures,
      next,
    },
    text: (style) =>
      [
        `${isWell ? style.green("✔") : style.red("✘")} ${countsOf(counts)}`,
        ...(last?.status === "succeeded"
          ? []
          : [`  ${style.bold(last?.end?.reason ?? "")}: ${plain(last?.end?.message ?? "")}`]),
        ...failures.map((one) => `  ${plain(one.secret)}  ${plain(`${one.reason}: ${one.message}`)}`),
        ...(counts.failed > failures.length ? [`  and ${counts.failed - failures.length} more`] : []),
        ...(Object.keys(counts.leftOut).length > 0 ? [`  left out${listed(counts.leftOut)}`] : []),
        ...nextLines(next, style),
      ].join("\n"),
    exit: exitOf(counts, last, failures),
  };
}

function needing(failures: readonly FailedSecret[]): string {
  return failures.find(({ outcome }) => outcome === "needs attention")?.secretId ?? "";
}

function exitOf(
  counts: Pick<Run, "rotated" | "failed">,
  last: Run | undefined,
  failures: readonly FailedSecret[],
): ExitCode {
  if (failures.some(({ outcome }) => outcome === "needs attention")) return EXIT.needsAttention;
  if (counts.failed > 0 || last?.end?.reason === "FleetStopped") return EXIT.failed;
  if (last?.status !== "succeeded") return EXIT.error;
  return counts.rotated > 0 ? EXIT.done : EXIT.skipped;
}
