import type { Fleet, FleetPage, Totals } from "../fleet/page.js";
import { REQUEST } from "../fleet/request.js";
import type { Selection } from "../fleet/selection.js";
import type { SumUp } from "../fleet/sum-up.js";
import { RECOVERY } from "../fleet/unsettled.js";
import type { AuditRecord } from "../rotation/ledger.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

/** Whose run it is: a schedule's; or, under the name `request`, of a selection that somebody asked for. */
export type FleetBegins = Pick<Fleet, "schedule" | "scheduledAt"> &
  Pick<AuditRecord, "requestedBy" | "requestReason" | "retireAfterMinutes"> & {
    readonly selection?: Selection;
  };

export type FleetRun = Omit<Totals, "late"> & FleetBegins & { readonly executionArn: string };

/** That a run begins: with the first wave that has anything to do. A dry run, and one that looks after what was left, is not told of. */
export function fleetBegins(
  fleet: Fleet,
  { items }: Pick<FleetPage, "items">,
): Announcement<FleetBegins> & { readonly isNow: boolean } {
  const { schedule, dryRun, wave = 0 } = fleet;
  return {
    isNow: wave === 0 && items.length > 0 && !dryRun && schedule !== RECOVERY,
    detailType: DETAIL_TYPES.fleetStarted,
    detail: {
      version: "1",
      ...runOf(fleet),
      summary: `${nameOf(fleet)}: its rotations begin.`,
    },
  };
}

/** What became of all the secrets of a run, once the last wave is summed up, or one that stopped it. */
export function fleetAnnouncement(
  fleet: Fleet,
  { totals: { late: _, ...totals }, next }: Pick<SumUp, "totals" | "next">,
  executionArn: string,
): Announcement<FleetRun> {
  const { dryRun } = fleet;
  const { rotated, skipped, failed, checked, byReason, leftOut } = totals;
  const done = dryRun ? `${checked} checked` : `${rotated} rotated`;
  const counts = `${done}, ${skipped} skipped, ${failed} failed${listed(byReason)}`;
  const left = Object.keys(leftOut).length > 0 ? ` Not their turn${listed(leftOut)}.` : "";
  const stopped = next === "stopped";
  return {
    detailType: stopped ? DETAIL_TYPES.fleetStopped : dryRun ? DETAIL_TYPES.fleetChecked : DETAIL_TYPES.fleetRotated,
    detail: {
      version: "1",
      ...runOf(fleet),
      executionArn,
      ...totals,
      summary: stopped
        ? `${nameOf(fleet)} stopped itself: ${counts}. ${RESUME}`
        : `${nameOf(fleet)}: ${counts}.${left}`,
    },
  };
}

const RESUME =
  "The secrets after these are untouched. Mend what failed, then start the execution again with its own input: it goes on with what is left.";

function nameOf({ schedule }: Fleet): string {
  return schedule === REQUEST ? "What was asked for" : `Schedule ${schedule}`;
}

function runOf({ schedule, scheduledAt, asked, namePrefixes, tags, list }: Fleet): FleetBegins {
  if (!asked) return { schedule, scheduledAt };
  const { requestedBy, reason, retireAfterMinutes } = asked;
  return {
    schedule,
    scheduledAt,
    ...(requestedBy ? { requestedBy } : {}),
    ...(reason ? { requestReason: reason } : {}),
    ...(retireAfterMinutes === undefined ? {} : { retireAfterMinutes }),
    selection: { ...(namePrefixes ? { namePrefixes } : {}), ...(tags ? { tags } : {}), ...(list ? { list } : {}) },
  };
}

function listed(byReason: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
  return reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
}
