import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  ListExecutionsCommand,
  type ListExecutionsCommandOutput,
  type SFNClient,
} from "@aws-sdk/client-sfn";

/** An execution of `rotate-fleet`. */
export interface FleetExecution {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date;
  /** What it was started with. */
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * The executions of `rotate-fleet` with one of these statuses, the newest of each first, as far as somebody reads. Throws the
 * SDK's errors. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export async function* fleetExecutions(
  client: SFNClient,
  stateMachineArn: string,
  statusFilter: ExecutionStatus,
): AsyncGenerator<FleetExecution, void> {
  let nextToken: string | undefined;
  do {
    const page: ListExecutionsCommandOutput = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, ...(nextToken ? { nextToken } : {}) }),
    );
    for (const { executionArn = "" } of page.executions ?? []) yield await fleetExecution(client, executionArn);
    nextToken = page.nextToken;
  } while (nextToken);
}

/** One of them by its ARN. */
export async function fleetExecution(client: SFNClient, executionArn: string): Promise<FleetExecution> {
  const found = await client.send(new DescribeExecutionCommand({ executionArn }));
  const { status = "", startDate = new Date(0), input = "{}" } = found;
  return { executionArn, status, startedAt: startDate, input: JSON.parse(input) };
}
