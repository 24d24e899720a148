import { phaseHandler } from "../src/lambda/phase-handler.js";
import { checkCreate } from "../src/rotation/dry-run/phases.js";
import { createSecret } from "../src/rotation/phases/phases.js";

/** The state "Create secret": stores the new credential as AWSPENDING. */
export const handler = phaseHandler("create", createSecret, checkCreate);
