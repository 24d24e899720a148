import { checkAnnouncement } from "../src/events/check.js";
import { handler as wrap } from "../src/lambda/handler.js";
import type { Execution } from "../src/rotation/caught.js";
import { type DryRunState, sumUpChecks } from "../src/rotation/dry-run/sum-up.js";

interface SumUpChecksEvent {
  readonly state: DryRunState;
  readonly execution: Execution & { readonly input: unknown };
}

/** The state "Sum up checks": what a dry run found, and what is to be announced of it. */
export const handler = wrap(
  async ({ state, execution }: SumUpChecksEvent) => {
    const { findings, ...summed } = sumUpChecks(state, execution);
    return { ...summed, ...checkAnnouncement(findings) };
  },
  ({ execution }) => ({ phase: "sum-up-checks", executionArn: execution.executionArn }),
);
