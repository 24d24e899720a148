import type { Machine } from "../../../src/local/step-functions/machine.js";
import { retries } from "../retries.js";
import type { Scenario } from "../scenario.js";
import { checkSecret } from "./check-secret.js";
import { noticeMove } from "./notice-move.js";
import { refreshConsumers } from "./refresh-consumers.js";
import { retireSecret } from "./retire-secret.js";
import { rotateFleet } from "./rotate-fleet.js";
import { rotateSecret } from "./rotate-secret.js";

const TABLES = [...rotateSecret, ...checkSecret, ...retireSecret, ...rotateFleet, ...noticeMove, ...refreshConsumers];

/** Every way through a machine: what its table says, and what its retries make of that. `file`: its name without the stage. */
export function scenariosOf(file: string, machine: Machine): Scenario[] {
  const table = TABLES.filter((scenario) => scenario.machine === file);
  return [...table, ...retries(machine, table)];
}
