import { type PhaseEvent, phaseHandler } from "../src/lambda/phase-handler.js";
import { checkCreate } from "../src/rotation/dry-run/phases.js";
import { type CreateReport, createSecret, type PrepareReport, prepareSecret } from "../src/rotation/phases/phases.js";
import type { Reach } from "../src/rotation/ports.js";

/**
 * The state "Create secret": stores the new credential as AWSPENDING. "Prepare secret": all but that, where Secrets Manager
 * takes it from its own function alone.
 */
export const handler = phaseHandler(
  "create",
  async (reach: Reach, event: PhaseEvent): Promise<CreateReport | PrepareReport> =>
    event.plan.native ? prepareSecret(reach, event) : createSecret(reach, event),
  checkCreate,
);
