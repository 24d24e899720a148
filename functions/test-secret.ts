import { phaseHandler } from "../src/lambda/phase-handler.js";
import { checkTest } from "../src/rotation/dry-run/phases.js";
import { testSecret } from "../src/rotation/phases/phases.js";

/** The state "Test secret": logs in anew with what is stored. */
export const handler = phaseHandler("test", testSecret, checkTest);
