import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { type CheckPlan, planCheck } from "../src/rotation/dry-run/plan.js";
import { isRecovery, parseRecovery } from "../src/rotation/ended.js";
import { plan, planOfRecovery } from "../src/rotation/plan/plan.js";
import type { Plan } from "../src/rotation/plans.js";
import { parseCheck, parseRequest } from "../src/rotation/request.js";

interface PlanEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What it decided before, where that was waited for. */
  readonly before?: Plan;
}

/** What `check-secret` asks. */
interface PlanCheckEvent extends PlanEvent {
  readonly dryRun: true;
}

const reached = world();

/** The states "Plan" and "Plan check": decides what is to be done, before anything is written but the lock. */
export const handler = wrap(
  async (event: PlanEvent | PlanCheckEvent): Promise<Plan | CheckPlan> => {
    const { input, executionArn } = event;
    const startedAt = new Date(event.startedAt);
    if ("dryRun" in event) return planCheck(reached, parseCheck(input, startedAt), executionArn);
    if (isRecovery(input)) return planOfRecovery(reached, parseRecovery(input), executionArn);
    return plan(reached, parseRequest(input, startedAt), executionArn, waitedFor(event));
  },
  ({ executionArn }) => ({ phase: "plan", executionArn }),
);

function waitedFor({ before }: PlanEvent) {
  return before?.decision === "wait" ? before : undefined;
}
