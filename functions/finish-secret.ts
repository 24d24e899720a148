import { phaseHandler } from "../src/lambda/phase-handler.js";
import { checkFinish } from "../src/rotation/dry-run/phases.js";
import { finishSecret } from "../src/rotation/phases/phases.js";

/** The state "Finish secret": moves AWSCURRENT to the new version. */
export const handler = phaseHandler("finish", finishSecret, checkFinish);
