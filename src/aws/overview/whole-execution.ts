import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type HistoryEvent,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import { historyReader } from "../history.js";

/** An execution with all that Step Functions has of it. Texts are JSON. */
export interface WholeExecution {
  /** Its machine's, as that was when the execution began, whatever was deployed since. */
  readonly definition: string | undefined;
  readonly input: string | undefined;
  /** Absent: it has not ended, or not well. */
  readonly output: string | undefined;
  readonly events: readonly HistoryEvent[];
}

/** Undefined where it is gone: Step Functions keeps them for 90 days. Throws the SDK's errors. */
export async function wholeExecution(client: SFNClient, executionArn: string): Promise<WholeExecution | undefined> {
  try {
    const [{ input, output }, { definition }, events] = await Promise.all([
      client.send(new DescribeExecutionCommand({ executionArn })),
      client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
      historyReader(client, executionArn, { data: true })(),
    ]);
    return { definition, input, output, events };
  } catch (error) {
    if (["ExecutionDoesNotExist", "InvalidArn"].includes((error as Error).name)) return undefined;
    throw error;
  }
}
