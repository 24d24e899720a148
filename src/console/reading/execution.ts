import type { WholeExecution } from "../../aws/overview/whole-execution.js";
import { executionIn } from "../../overview/execution.js";
import { type HistoryEvent, json } from "../../overview/history.js";
import { runIn } from "../../overview/run.js";
import type { ExecutionSeen, MachineName } from "../desk.js";
import type { Definition } from "../pictures/machine-plan.js";

/** Of which machine an execution is, by its ARN; undefined for one that is none of these. `machines`: their ARNs. */
export function machineOf(
  executionArn: string,
  machines: Readonly<Record<MachineName, string>>,
): MachineName | undefined {
  const names = Object.keys(machines) as MachineName[];
  return names.find((name) => executionArn.startsWith(`${machines[name].replace(":stateMachine:", ":execution:")}:`));
}

/** An execution with all that its history says. */
export function seenOf(executionArn: string, machine: MachineName, whole: WholeExecution): ExecutionSeen {
  const definition = json(whole.definition) as Definition;
  return {
    arn: executionArn,
    machine,
    definition,
    execution: executionIn(outermost(whole.events, definition)),
    ...(machine === "rotate-fleet" ? { run: runIn(executionArn, whole.events) } : {}),
    input: record(whole.input),
    output: record(whole.output),
  };
}

/** Without what happens inside a Map, of which many go on at once. */
function outermost(events: readonly HistoryEvent[], { States }: Definition): HistoryEvent[] {
  let isInside = false;
  return events.filter(({ stateEnteredEventDetails: entered, stateExitedEventDetails: exited }) => {
    const name = entered?.name ?? exited?.name;
    if (name === undefined) return !isInside;
    isInside = !Object.hasOwn(States, name);
    return !isInside;
  });
}

function record(text: string | undefined): Readonly<Record<string, unknown>> {
  const value = json(text);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
