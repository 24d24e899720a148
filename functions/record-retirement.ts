import { handler as wrap } from "../src/handler.js";
import type { Execution } from "../src/rotation/outcome.js";
import { type RetirementState, recordRetirement } from "../src/rotation/record-retirement.js";
import { world } from "../src/world.js";

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
