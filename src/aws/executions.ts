import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import type { PhaseRecord } from "../rotation/ledger.js";
import type { Executions, KnownExecution } from "../rotation/ports.js";
import { fromAws } from "./errors.js";

/** The states of `rotate-secret` that are phases, and what audit records call them. */
export const PHASES: Readonly<Record<string, string>> = {
  "Create secret": "create",
  "Create replicated secret": "create",
  "Prepare secret": "create",
  "Store secret": "create",
  "Set secret": "set",
  "Test secret": "test",
  "Finish secret": "finish",
  "Roll back": "rollBack",
};

export interface AllExecutions extends Executions {
  phases(executionArn: string): Promise<PhaseRecord[]>;
}

export function executions(client: SFNClient): AllExecutions {
  async function lookUp(executionArn: string): Promise<KnownExecution | undefined> {
    try {
      const found = await client.send(new DescribeExecutionCommand({ executionArn }));
      const { status = "", startDate = new Date(0), input = "{}", output, error, cause } = found;
      const told = { ...(output ? { output } : {}), ...(error ? { error } : {}), ...(cause ? { cause } : {}) };
      return { status, startedAt: startDate, input, ...told };
    } catch (error) {
      // Deleted after its retention, or of another deployment of this stack.
      if (["ExecutionDoesNotExist", "InvalidArn"].includes((error as Error).name)) return undefined;
      throw fromAws(error, "Looking at the execution that holds the lock");
    }
  }

  return {
    lookUp,

    /** From the execution's history, for phases that failed and so left no result. */
    async phases(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new GetExecutionHistoryCommand({
            executionArn,
            includeExecutionData: false,
            maxResults: 1000,
            ...(nextToken ? { nextToken } : {}),
          }),
        );
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return phasesIn(events);
    },
  };
}

/** One record for each phase that was entered; a phase still under way ends with the last event. */
export function phasesIn(events: readonly HistoryEvent[]): PhaseRecord[] {
  const found: Array<{ name: string; from: number; to: number; attempts: number }> = [];
  let open: (typeof found)[number] | undefined;
  for (const event of events) {
    const at = event.timestamp?.getTime() ?? 0;
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) {
      const name = PHASES[entered];
      open = name ? { name, from: at, to: at, attempts: 0 } : undefined;
      if (open) found.push(open);
    }
    if (!open) continue;
    open.to = at;
    if (event.type === "TaskScheduled") open.attempts += 1;
    if (event.stateExitedEventDetails) open = undefined;
  }
  return found.map(({ name, from, to, attempts }) => ({ name, ms: to - from, attempts }));
}
