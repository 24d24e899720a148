import { OVERDUE, OVERDUE_REASONS } from "../fleet/overdue.js";
import type { Fleet, Totals } from "../fleet/page.js";
import { REQUEST } from "../fleet/request.js";
import type { SumUp } from "../fleet/sum-up.js";
import { RECOVERY, type Unrest } from "../fleet/unsettled.js";
import { FIGURES, type Figures } from "./figures.js";

/** The schedule that runs every secret dry. */
const DOCTOR = "doctor";

/** What a run adds to the figures once it has ended; before that nothing, and a run that somebody asked for never does. */
export function fleetFigures(
  { schedule, dryRun }: Pick<Fleet, "schedule" | "dryRun">,
  { totals, next }: Pick<SumUp, "totals" | "next">,
): Figures[] {
  const hasEnded = next === "end" || next === "stopped" || next === "nothing";
  if (!hasEnded || schedule === REQUEST || schedule === RECOVERY) return [];
  if (schedule === OVERDUE) return overdueFigures(totals);
  const { rotated, skipped, failed, checked } = totals;
  if (schedule === DOCTOR) return [{ values: { [FIGURES.checked]: checked, [FIGURES.notReady]: failed }, by: [{}] }];
  return dryRun ? [] : [{ values: { [FIGURES.due]: rotated + skipped + failed }, by: [{}] }];
}

function overdueFigures({ leftOut }: Pick<Totals, "leftOut">): Figures[] {
  const known = Object.keys(OVERDUE_REASONS).map((reason) => [reason, leftOut[reason] ?? 0] as const);
  const all = known.reduce((sum, [, count]) => sum + count, 0);
  return [
    { values: { [FIGURES.overdue]: all }, by: [{}] },
    ...known
      .filter(([, count]) => count > 0)
      .map(([Reason, count]) => ({ values: { [FIGURES.overdue]: count }, by: [{ Reason }] })),
  ];
}

export function unrestFigures({ stuck, needsAttention }: Unrest): Figures[] {
  return [{ values: { [FIGURES.stuck]: stuck, [FIGURES.needsAttention]: needsAttention }, by: [{}] }];
}
