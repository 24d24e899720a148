import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type HistoryEvent,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import { historyReader } from "../../aws/history.js";
import { executionIn } from "../../overview/execution.js";
import { json } from "../../overview/history.js";
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

/** An execution with all that its history says; undefined where it is gone: Step Functions keeps them for 90 days. */
export async function readExecution(
  client: SFNClient,
  executionArn: string,
  machine: MachineName,
): Promise<ExecutionSeen | undefined> {
  try {
    const [described, of, events] = await Promise.all([
      client.send(new DescribeExecutionCommand({ executionArn })),
      // As it was when the execution began, whatever was deployed since.
      client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
      historyReader(client, executionArn, { data: true })(),
    ]);
    const definition = json(of.definition) as Definition;
    return {
      arn: executionArn,
      machine,
      definition,
      execution: executionIn(outermost(events, definition)),
      ...(machine === "rotate-fleet" ? { run: runIn(executionArn, events) } : {}),
      input: record(described.input),
      output: record(described.output),
    };
  } catch (error) {
    if (["ExecutionDoesNotExist", "InvalidArn"].includes((error as Error).name)) return undefined;
    throw error;
  }
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
