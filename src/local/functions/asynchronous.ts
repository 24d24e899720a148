import { setTimeout as sleep } from "node:timers/promises";
import type { Caller, FunctionError, Surroundings } from "../service.js";
import type { Template } from "../template/template.js";

interface InvokeConfig {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: after one minute, then after two */
const WAITS_MS = [60_000, 120_000];

/**
 * Invokes a function for an event that nobody waits for: one that fails is tried again, and then the event goes to the
 * function's queue for failures, which Lambda reaches with the function's role. What does not get there is lost.
 * `lambdaFor`: Lambda as that role. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function asynchronously(
  template: Template,
  lambdaFor: (functionArn: string) => Caller,
  { invoke, call, clock, speed }: Surroundings,
): (functionArn: string, payload: unknown) => Promise<void> {
  const configs = template.ofType("AWS::Lambda::EventInvokeConfig").map(({ properties }) => properties as unknown);
  const configOf = (functionArn: string) =>
    (configs as InvokeConfig[]).find(({ FunctionName }) => functionArn.endsWith(`:${FunctionName}`));

  return async (functionArn, payload) => {
    const { MaximumRetryAttempts = WAITS_MS.length, DestinationConfig } = configOf(functionArn) ?? {};
    const waits = WAITS_MS.slice(0, MaximumRetryAttempts);
    for (const wait of [...waits, undefined]) {
      try {
        await invoke(functionArn, payload);
        return;
      } catch (error) {
        if (wait !== undefined) await sleep(wait / speed, undefined, { ref: false });
        else await leave(error as FunctionError);
      }
    }

    async function leave({ errorType, errorMessage }: FunctionError): Promise<void> {
      const queue = DestinationConfig?.OnFailure?.Destination;
      if (!queue) return;
      const record = {
        version: "1.0",
        timestamp: clock().toISOString(),
        requestContext: { functionArn, condition: "RetriesExhausted", approximateInvokeCount: waits.length + 1 },
        requestPayload: payload,
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: { errorType, errorMessage },
      };
      const message = { QueueUrl: queue, MessageBody: JSON.stringify(record) };
      await call("sqs", "SendMessage", message, lambdaFor(functionArn)).catch(() => undefined);
    }
  };
}
