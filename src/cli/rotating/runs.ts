import { type Counts, NOTHING_YET, type Run } from "../../overview/run.js";
import type { Live } from "../live.js";
import { plain, type Style } from "../style.js";

/** Prints how a run goes: each wave, each new reason. Called for each change of it. */
export function runPrinter(live: Live, style: Style): (run: Run) => void {
  let before: Run | undefined;
  return (run) => {
    const lines: string[] = [];
    if (run.wave && run.wave.size > 0 && !(before?.wave && before.executionArn === run.executionArn))
      lines.push(`  ${style.dim("…")} a wave of ${count(run.wave.size, "secret")}`);
    for (const [reason, times] of Object.entries(run.byReason))
      if (!before?.byReason[reason])
        lines.push(`  ${style.yellow("↻")} ${plain(reason)}${times > 1 ? ` (${times})` : ""}`);
    if (run.pause && !before?.pause)
      lines.push(`  ${style.yellow("…")} what is left waits ${run.pause.seconds} s for its servers`);
    // Of the last, the answer says it.
    if (before?.wave && !run.wave && !run.end) lines.push(`  ${style.green("✔")} ${countsOf(run)}`);
    before = run;
    live.print(lines, run.wave && style.dim(`  … ${run.wave.done} of ${run.wave.size}: ${countsOf(run)}`));
  };
}

export function countsOf({ rotated, skipped, failed, byReason }: Counts): string {
  return `${rotated} rotated, ${skipped} skipped, ${failed} failed${listed(byReason)}`;
}

/** How often each reason, in brackets. */
export function listed(byReason: Counts["byReason"]): string {
  const reasons = Object.entries(byReason).map(([reason, times]) => `${plain(reason)} ${times}`);
  return reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Of several runs, one after the other. */
export function together(runs: readonly Counts[]): Counts {
  return runs.reduce(
    (all, run) => ({
      rotated: all.rotated + run.rotated,
      skipped: all.skipped + run.skipped,
      failed: all.failed + run.failed,
      byReason: sums(all.byReason, run.byReason),
      leftOut: sums(all.leftOut, run.leftOut),
    }),
    NOTHING_YET,
  );
}

function sums(one: Counts["byReason"], other: Counts["byReason"]): Counts["byReason"] {
  const reasons = Object.keys({ ...one, ...other });
  return Object.fromEntries(reasons.map((reason) => [reason, (one[reason] ?? 0) + (other[reason] ?? 0)]));
}
