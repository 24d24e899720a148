import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { type CheckPlan, planCheck } from "../src/rotation/dry-run/plan.js";
import { isRecovery, parseRecovery } from "../src/rotation/ended.js";
import { plan, planOfRecovery } from "../src/rotation/plan/plan.js";
import type { Plan } from "../src/rotation/plans.js";
import { parseRequest } from "../src/rotation/request.js";

interface PlanEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Whether it has waited for what an execution before it may have left at work. */
  readonly waited: boolean;
}

const reached = world();

/** The state "Plan": decides what is to be done, before anything is written but the lock. */
export const handler = wrap(
  async ({ input, executionArn, startedAt, waited }: PlanEvent): Promise<Plan | CheckPlan> => {
    if (isRecovery(input)) return planOfRecovery(reached, parseRecovery(input), executionArn);
    const request = parseRequest(input, new Date(startedAt));
    return request.dryRun
      ? planCheck(reached, request, executionArn)
      : plan(reached, request, executionArn, { waited });
  },
  ({ executionArn }) => ({ phase: "plan", executionArn }),
);
