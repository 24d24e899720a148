import { rotationAnnouncement } from "../src/events/rotation.js";
import { emit } from "../src/lambda/emit.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { rotationFigures } from "../src/metrics/rotation.js";
import type { Execution } from "../src/rotation/caught.js";
import type { RotationState } from "../src/rotation/record/outcome.js";
import { recordRotation } from "../src/rotation/record/record.js";

interface RecordEvent {
  readonly state: RotationState;
  readonly execution: Execution & { readonly input: unknown };
}

const reached = world();

/** The states "Record" and "Record outcome": writes the audit record, composes its announcement, and says how the lock is given back. */
export const handler = wrap(
  async ({ state, execution }: RecordEvent) => {
    const { record, ...recorded } = await recordRotation(reached, state, execution, reached.executions.phases);
    const { secretArn, outcome } = record;
    // Counted as it is told: once more where the answer was lost.
    if (recorded.announce) emit(rotationFigures(record, state));
    // An execution keeps the definition that it began with, and before this one it read these two here.
    return { ...recorded, secretArn, outcome, ...rotationAnnouncement(record) };
  },
  ({ execution }) => ({ phase: "record", executionArn: execution.executionArn }),
);
