import { type PhaseEvent, phaseHandler } from "../src/lambda/phase-handler.js";
import { checkSet } from "../src/rotation/dry-run/phases.js";
import { type CreateReport, setSecret } from "../src/rotation/phases/phases.js";

interface SetEvent extends PhaseEvent {
  readonly created: CreateReport;
}

/** The state "Set secret": makes the new credential valid in the database. */
export const handler = phaseHandler(
  "set",
  (reach, { created, ...input }: SetEvent) =>
    setSecret(reach, { ...input, ...(created.pair ? { pair: created.pair } : {}) }),
  checkSet,
);
