import { phaseHandler } from "../src/phase-handler.js";
import { checkTest } from "../src/rotation/dry-run-phases.js";
import { testSecret } from "../src/rotation/phases.js";

/** The state "Test secret": logs in anew with what is stored. */
export const handler = phaseHandler("test", testSecret, checkTest);
