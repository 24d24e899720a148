import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Machine } from "../../src/local/step-functions/machine.js";
import type { Ends } from "../proof/command.js";
import { lastLine } from "../proof/python.js";
import { PLACE } from "./machines.js";
import { EXECUTION, type Played } from "./play.js";
import type { Scenario } from "./scenario.js";
import type { Trace } from "./trace.js";

const PROGRAM = fileURLToPath(new URL("second.py", import.meta.url));

export interface Asked {
  readonly scenario: Scenario;
  readonly asked: Played["asked"];
}

/**
 * Plays scenarios on the second interpreter, one after the other, with the outcomes that the first one asked for. A trace as it
 * is told, for each.
 */
export async function playSecond(
  python: string,
  machines: ReadonlyMap<string, Machine>,
  scenarios: readonly Asked[],
  ends: Ends,
): Promise<Trace[]> {
  const document = {
    place: PLACE,
    execution: EXECUTION,
    machines: [...machines].map(([file, { name, roleArn, definition }]) => ({ file, name, roleArn, definition })),
    scenarios: scenarios.map(({ scenario: { machine, input }, asked }) => ({ machine, input, asked })),
  };
  return new Promise((resolve, reject) => {
    const child = execFile(python, [PROGRAM], { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) =>
      error ? reject(new Error(lastLine(Object.assign(error, { stderr })))) : resolve(JSON.parse(stdout)),
    );
    ends.push(async () => void child.kill());
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify(document));
  });
}
