import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import type { RetirePlan } from "../src/rotation/plans.js";
import { beginRetirement } from "../src/rotation/retirement/plan.js";

interface BeginRetirementEvent {
  readonly plan: RetirePlan;
  readonly executionArn: string;
}

const reached = world();

/** The state "Begin retirement": takes the secret's lock, and looks again whether there is anything to retire. */
export const handler = wrap(
  ({ plan, executionArn }: BeginRetirementEvent) => beginRetirement(reached, plan, executionArn),
  ({ plan, executionArn }) => ({ phase: "begin-retirement", secretArn: plan.secretArn, executionArn }),
);
