import { handler as wrap } from "../src/handler.js";
import { reach } from "../src/phase-handler.js";
import { parseRetirement, planRetirement } from "../src/rotation/retirement.js";
import { gracePeriods } from "../src/world.js";

interface PlanRetirementEvent {
  readonly input: unknown;
  readonly executionArn: string;
}

const reached = reach();
const graces = gracePeriods();

/** The state "Plan retirement": decides whether there is an old credential to retire, and when. */
export const handler = wrap(
  async ({ input }: PlanRetirementEvent) => planRetirement(reached, parseRetirement(input), graces),
  ({ executionArn }) => ({ phase: "plan-retirement", executionArn }),
);
