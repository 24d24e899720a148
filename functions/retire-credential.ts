import { handler as wrap } from "../src/lambda/handler.js";
import { reach } from "../src/lambda/reach.js";
import type { RetirePlan } from "../src/rotation/plans.js";
import { retire } from "../src/rotation/retirement/retire.js";

interface RetireEvent {
  readonly plan: RetirePlan;
  /** Whether the current password is surely the one that was set last. */
  readonly newest: boolean;
  readonly executionArn?: string;
}

const reached = reach();

/** The state "Retire credential": makes the old credential useless, and proves it by logins. */
export const handler = wrap(
  ({ plan, newest }: RetireEvent) => retire(reached, plan, newest),
  ({ plan, executionArn }) => ({
    phase: "retire-credential",
    executionArn,
    secretArn: plan.secretArn,
    versionId: plan.previousVersionId,
  }),
);
