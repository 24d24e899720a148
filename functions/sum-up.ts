import { fleetAnnouncement } from "../src/events/fleet.js";
import { type FleetResult, sumUp } from "../src/fleet/fleet.js";
import type { Fleet, FleetPage } from "../src/fleet/page.js";
import { handler as wrap } from "../src/lambda/handler.js";

interface SumUpEvent {
  readonly state: Fleet & { readonly page: FleetPage; readonly results: readonly FleetResult[] };
}

/** The state "Sum up": adds a page's results to the totals, and composes what the last page's are announced as. */
export const handler = wrap(
  async ({ state: { page, results, ...fleet } }: SumUpEvent) => {
    const { totals, ...summed } = sumUp(fleet, page.nextToken, results);
    return { ...summed, ...fleetAnnouncement(fleet, totals) };
  },
  ({ state }) => ({ phase: "sum-up", schedule: state.schedule, scheduledAt: state.scheduledAt }),
);
