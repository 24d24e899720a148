import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import type { Execution } from "../src/rotation/caught.js";
import { type RetirementState, recordRetirement } from "../src/rotation/retirement/record.js";

interface RecordRetirementEvent {
  readonly state: RetirementState;
  readonly execution: Execution & { readonly input: unknown };
}

const reached = world();

/** The state "Record retirement": writes the record and gives the lock back. */
export const handler = wrap(
  ({ state, execution }: RecordRetirementEvent) => recordRetirement(reached, state, execution),
  ({ execution }) => ({ phase: "record-retirement", executionArn: execution.executionArn }),
);
