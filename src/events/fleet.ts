import type { Fleet, Totals } from "../fleet/page.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

type FleetRun = Totals & Pick<Fleet, "schedule" | "scheduledAt">;

/** What became of all the secrets of a schedule, once the last page is summed up. */
export function fleetAnnouncement({ schedule, scheduledAt, dryRun }: Fleet, totals: Totals): Announcement<FleetRun> {
  const { rotated, skipped, failed, checked, byReason } = totals;
  const done = dryRun ? `${checked} checked` : `${rotated} rotated`;
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
  const why = reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  return {
    detailType: dryRun ? DETAIL_TYPES.fleetChecked : DETAIL_TYPES.fleetRotated,
    detail: {
      version: "1",
      schedule,
      scheduledAt,
      ...totals,
      summary: `Schedule ${schedule}: ${done}, ${skipped} skipped, ${failed} failed${why}.`,
    },
  };
}
