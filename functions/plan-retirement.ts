import { gracePeriods } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { planRetirement, retirementRequest } from "../src/rotation/retirement/plan.js";

interface PlanRetirementEvent {
  readonly input: unknown;
  readonly executionArn: string;
}

const reached = world();
const graces = gracePeriods();

/** The state "Plan retirement": decides whether there is an old credential to retire, and when. */
export const handler = wrap(
  async ({ input, executionArn }: PlanRetirementEvent) =>
    planRetirement(reached, await retirementRequest(reached.executions, input, executionArn), graces),
  ({ executionArn }) => ({ phase: "plan-retirement", executionArn }),
);
