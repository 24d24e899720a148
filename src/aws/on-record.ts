import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { KeyturnError } from "../errors.js";
import type { EndedExecution, OnRecord } from "../messages/on-record.js";
import { attempt } from "./attempt.js";
import { fromAws } from "./errors.js";
import { keyOf, nameOf, recordFrom } from "./records.js";

export function onRecord(
  { dynamodb, states }: { dynamodb: DynamoDBClient; states: SFNClient },
  table: string,
): OnRecord {
  return {
    async record(kind, { of, at, name }) {
      const { Item: item } = await attempt("Reading the record that is to be told of", () =>
        dynamodb.send(
          new GetItemCommand({
            TableName: table,
            Key: marshall(keyOf(kind, of, at, nameOf(name))),
            ConsistentRead: true,
          }),
        ),
      );
      return item ? recordFrom(unmarshall(item)) : undefined;
    },

    async execution(executionArn) {
      for (const wait of WAITS) {
        const found = await describe(states, executionArn);
        if (found?.status !== "RUNNING") return found;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      throw new KeyturnError("TransientError", {
        code: "StillRunning",
        message: "The execution has announced its end and goes on. It is looked at again by itself.",
      });
    },
  };
}

/** Milliseconds; all together much less than the function's time-out. */
const WAITS = [50, 100, 200, 400, 800, 1_600, 3_200];

async function describe(states: SFNClient, executionArn: string): Promise<EndedExecution | undefined> {
  try {
    const found = await states.send(new DescribeExecutionCommand({ executionArn }));
    const { status = "", startDate = new Date(0), stopDate = new Date(0), input = "{}", output, error, cause } = found;
    return {
      executionArn,
      status,
      startedAt: startDate.toISOString(),
      endedAt: stopDate.toISOString(),
      input,
      ...(output ? { output } : {}),
      ...(error ? { error } : {}),
      ...(cause ? { cause } : {}),
    };
  } catch (thrown) {
    // The role sees Keyturn's own executions only.
    if (["ExecutionDoesNotExist", "InvalidArn", "AccessDeniedException"].includes((thrown as Error).name))
      return undefined;
    throw fromAws(thrown, "Looking at the execution that is to be told of");
  }
}
