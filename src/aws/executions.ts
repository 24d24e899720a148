import { DescribeExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { executionIn, type PhaseName } from "../overview/execution.js";
import type { HistoryEvent } from "../overview/history.js";
import type { PhaseRecord } from "../rotation/ledger.js";
import type { Executions, KnownExecution } from "../rotation/ports.js";
import { fromAws } from "./errors.js";
import { historyReader } from "./history.js";

/** The phases that audit records keep, and what they call them. */
const RECORDED: Readonly<Partial<Record<PhaseName, string>>> = {
  Create: "create",
  Set: "set",
  Test: "test",
  Finish: "finish",
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
      return phasesIn(await historyReader(client, executionArn, { data: false })());
    },
  };
}

/** One record for each phase that was entered; a phase still under way ends with the last event. */
export function phasesIn(events: readonly HistoryEvent[]): PhaseRecord[] {
  const now = events.at(-1)?.timestamp ?? new Date(0);
  return executionIn(events).phases.flatMap(({ name, startedAt, endedAt = now, attempts }) => {
    const recorded = RECORDED[name];
    return recorded ? [{ name: recorded, ms: endedAt.getTime() - startedAt.getTime(), attempts }] : [];
  });
}
