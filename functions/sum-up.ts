import { fleetAnnouncement } from "../src/events/fleet.js";
import { overdueAnnouncement } from "../src/events/overdue.js";
import { OVERDUE } from "../src/fleet/overdue.js";
import type { FleetPage, FleetResult } from "../src/fleet/page.js";
import { fleetFrom } from "../src/fleet/request.js";
import { sumUp } from "../src/fleet/sum-up.js";
import { emit } from "../src/lambda/emit.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { fleetFigures } from "../src/metrics/fleet.js";

interface SumUpEvent {
  /** What the execution was started with, or the wave before handed on; and what became of this one. */
  readonly state: { readonly page: FleetPage; readonly results: readonly FleetResult[] };
  readonly executionArn: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The state "Sum up": adds a wave's results to the totals, judges it, and composes what the last one's are announced as. */
export const handler = wrap(
  async ({ state: { page, results, ...input }, executionArn, startedAt }: SumUpEvent) => {
    const fleet = fleetFrom(input, new Date(startedAt));
    const { totals, ...summed } = sumUp(fleet, page, results);
    emit(fleetFigures(fleet, { totals, next: summed.next }));
    const announcement =
      fleet.schedule === OVERDUE
        ? overdueAnnouncement(fleet, totals, executionArn)
        : fleetAnnouncement(fleet, { totals, next: summed.next }, executionArn);
    return { ...summed, ...announcement };
  },
  ({ executionArn }) => ({ phase: "sum-up", executionArn }),
);
