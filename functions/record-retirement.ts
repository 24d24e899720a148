import { retirementAnnouncement } from "../src/events/retirement.js";
import { emit } from "../src/lambda/emit.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { retirementFigures } from "../src/metrics/rotation.js";
import type { Execution } from "../src/rotation/caught.js";
import { type RetirementState, recordRetirement } from "../src/rotation/retirement/record.js";

interface RecordRetirementEvent {
  readonly state: RetirementState;
  readonly execution: Execution & { readonly input: unknown };
}

const reached = world();

/** The state "Record retirement": writes the record, gives the lock back, and composes the announcement. */
export const handler = wrap(
  async ({ state, execution }: RecordRetirementEvent) => {
    const { record, ...recorded } = await recordRetirement(reached, state, execution);
    const { secretArn, outcome } = record;
    emit(retirementFigures(record));
    // An execution keeps the definition that it began with, for as long as it waits: before this one it read these two here.
    return { ...recorded, secretArn, outcome, ...retirementAnnouncement(record) };
  },
  ({ execution }) => ({ phase: "record-retirement", executionArn: execution.executionArn }),
);
