import { handler as wrap } from "../src/handler.js";
import { plan } from "../src/rotation/plan.js";
import { parseRequest } from "../src/rotation/request.js";
import { world } from "../src/world.js";

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
  ({ input, executionArn, startedAt, waited }: PlanEvent) =>
    plan(reached, parseRequest(input, new Date(startedAt)), executionArn, { waited }),
  ({ executionArn }) => ({ phase: "plan", executionArn }),
);
