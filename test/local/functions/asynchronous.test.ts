import { describe, expect, it } from "vitest";
import { asynchronously } from "../../../src/local/functions/asynchronous.js";
import { FunctionError, type Surroundings } from "../../../src/local/service.js";

const FUNCTION = "arn:aws:lambda:eu-central-1:1:function:tell";
const QUEUE = "arn:aws:sqs:eu-central-1:1:dead-letters";

/** Invokes a function that fails so many times, and tells what was sent and by whom. */
async function invoked(failures: number, config: object) {
  let invocations = 0;
  const sent: Array<{ message: Record<string, unknown>; caller: unknown }> = [];
  const surroundings = {
    clock: () => new Date("2026-03-01T12:00:00Z"),
    speed: 100_000,
    async invoke() {
      invocations += 1;
      if (invocations <= failures) throw new FunctionError("TransientError", "no");
    },
    async call(_: string, __: string, { MessageBody }: { MessageBody: string }, caller: unknown) {
      sent.push({ message: JSON.parse(MessageBody), caller });
    },
  } as unknown as Surroundings;
  const template = { ofType: () => [{ properties: { FunctionName: "tell", ...config } }] };
  await asynchronously(template as never, (arn) => ({ arn: `Lambda for ${arn}` }), surroundings)(FUNCTION, { id: 1 });
  return { invocations, sent };
}

const ON_FAILURE = { DestinationConfig: { OnFailure: { Destination: QUEUE } } };

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
describe("an event that nobody waits for", () => {
  it.each([
    [0, {}, 1],
    [2, {}, 3],
    [9, {}, 3],
    [9, { MaximumRetryAttempts: 0 }, 1],
  ])("whose function fails %i times is tried again, twice unless said: %j", async (failures, config, wanted) => {
    expect(await invoked(failures, config)).toEqual({ invocations: wanted, sent: [] });
  });

  it("is left in the function's queue for failures by Lambda, as the function's role", async () => {
    expect((await invoked(2, ON_FAILURE)).sent).toEqual([]);
    const { sent } = await invoked(3, ON_FAILURE);
    expect(sent).toMatchObject([
      {
        caller: { arn: `Lambda for ${FUNCTION}` },
        message: {
          requestContext: { functionArn: FUNCTION, condition: "RetriesExhausted", approximateInvokeCount: 3 },
          requestPayload: { id: 1 },
          responsePayload: { errorType: "TransientError", errorMessage: "no" },
        },
      },
    ]);
  });
});
