import { ServiceError, type Surroundings } from "../service.js";
import type { HistoryEvent } from "./history.js";

export interface Execution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  /** Milliseconds since 1970. */
  readonly startDate: number;
  readonly stopDate?: number;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Executions on disk: the start is written before the run begins, so that a process that dies leaves its trace. */
export function executions(surroundings: Surroundings) {
  const records = surroundings.store("executions");
  const histories = surroundings.store("histories");

  /** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  function announce({
    arn,
    machineArn,
    name,
    status,
    startDate,
    stopDate,
    input,
    output,
    error,
    cause,
  }: Execution): void {
    surroundings.emit({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      resources: [arn],
      detail: {
        executionArn: arn,
        stateMachineArn: machineArn,
        name,
        status,
        startDate,
        stopDate: stopDate ?? null,
        input,
        output: output ?? null,
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      },
    });
  }

  async function all(): Promise<Execution[]> {
    const found: Execution[] = [];
    for await (const [, value] of records.entries()) found.push(value as Execution);
    return found;
  }

  const get = async (arn: string) => (await records.get(arn)) as Execution | undefined;

  return {
    get,
    announce,
    async required(arn: string): Promise<Execution> {
      const found = await get(arn);
      if (found) return found;
      throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    },
    begin: (execution: Execution) => records.put(execution.arn, execution),
    async end(execution: Execution, history: readonly HistoryEvent[]): Promise<void> {
      await histories.put(execution.arn, history);
      await records.put(execution.arn, execution);
      announce(execution);
    },
    history: async (arn: string) => ((await histories.get(arn)) ?? []) as HistoryEvent[],
    running: async () => (await all()).filter(({ status }) => status === "RUNNING"),
    /** The newest first. */
    of: async (machineArn: string) =>
      (await all())
        .filter((execution) => execution.machineArn === machineArn)
        .sort((a, b) => b.startDate - a.startDate),
  };
}
