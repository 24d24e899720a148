import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import type { RotationState } from "../src/rotation/record/outcome.js";
import { recordRotation } from "../src/rotation/record/record.js";

interface RecordEvent {
  readonly state: RotationState;
  readonly execution: {
    readonly executionArn: string;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly input: unknown;
  };
}

const reached = world();

/** The state "Record": writes the audit record and gives the lock back. */
export const handler = wrap(
  ({ state, execution }: RecordEvent) => recordRotation(reached, state, execution, reached.executions.phases),
  ({ execution }) => ({ phase: "record", executionArn: execution.executionArn }),
);
