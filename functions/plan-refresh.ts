import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { planRefresh } from "../src/rotation/refresh/plan.js";

interface PlanRefreshEvent {
  readonly input: unknown;
  readonly executionArn: string;
}

const reached = world();

/** The state "Plan refresh": decides who is told of a rotation. */
export const handler = wrap(
  ({ input }: PlanRefreshEvent) => planRefresh(reached, input),
  ({ executionArn }) => ({ phase: "plan-refresh", executionArn }),
);
