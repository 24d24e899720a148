import type { Fleet, FleetPage, Totals } from "../fleet/page.js";
import type { SumUp } from "../fleet/sum-up.js";
import { RECOVERY } from "../fleet/unsettled.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

type FleetRun = Totals & Pick<Fleet, "schedule" | "scheduledAt">;

/** That a run begins: with the first wave that has anything to do. A dry run, and one that looks after what was left, is not told of. */
export function fleetBegins({ schedule, scheduledAt, dryRun, wave = 0 }: Fleet, { items }: Pick<FleetPage, "items">) {
  return {
    isNow: wave === 0 && items.length > 0 && !dryRun && schedule !== RECOVERY,
    detailType: DETAIL_TYPES.fleetStarted,
    detail: {
      version: "1",
      schedule,
      scheduledAt,
      summary: `Schedule ${schedule}: its rotations begin.`,
    },
  };
}

/** What became of all the secrets of a schedule, once the last wave is summed up, or one that stopped the run. */
export function fleetAnnouncement(
  { schedule, scheduledAt, dryRun }: Fleet,
  { totals, next }: Pick<SumUp, "totals" | "next">,
): Announcement<FleetRun> {
  const { rotated, skipped, failed, checked, byReason, leftOut } = totals;
  const done = dryRun ? `${checked} checked` : `${rotated} rotated`;
  const counts = `${done}, ${skipped} skipped, ${failed} failed${listed(byReason)}`;
  const left = Object.keys(leftOut).length > 0 ? ` Not their turn${listed(leftOut)}.` : "";
  const stopped = next === "stopped";
  return {
    detailType: stopped ? DETAIL_TYPES.fleetStopped : dryRun ? DETAIL_TYPES.fleetChecked : DETAIL_TYPES.fleetRotated,
    detail: {
      version: "1",
      schedule,
      scheduledAt,
      ...totals,
      summary: stopped
        ? `Schedule ${schedule} stopped itself: ${counts}. ${RESUME}`
        : `Schedule ${schedule}: ${counts}.${left}`,
    },
  };
}

const RESUME =
  "The secrets after these are untouched. Mend what failed, then start the execution again with its own input: it goes on with what is left.";

function listed(byReason: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
  return reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
}
