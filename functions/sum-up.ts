import { fleetAnnouncement } from "../src/events/fleet.js";
import type { Fleet, FleetPage, FleetResult } from "../src/fleet/page.js";
import { sumUp } from "../src/fleet/sum-up.js";
import { handler as wrap } from "../src/lambda/handler.js";

interface SumUpEvent {
  readonly state: Fleet & { readonly page: FleetPage; readonly results: readonly FleetResult[] };
}

/** The state "Sum up": adds a wave's results to the totals, judges it, and composes what the last one's are announced as. */
export const handler = wrap(
  async ({ state: { page, results, ...fleet } }: SumUpEvent) => {
    const { totals, ...summed } = sumUp(fleet, page, results);
    return { ...summed, ...fleetAnnouncement(fleet, { totals, next: summed.next }) };
  },
  ({ state }) => ({ phase: "sum-up", schedule: state.schedule, scheduledAt: state.scheduledAt }),
);
