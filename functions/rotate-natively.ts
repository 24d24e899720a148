import { SFNClient } from "@aws-sdk/client-sfn";
import { starts } from "../src/aws/starts.js";
import { machines } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import type { LambdaContext } from "../src/lambda/log.js";
import { type PhaseEvent, storingHandler } from "../src/lambda/phase-handler.js";
import { world } from "../src/lambda/world.js";
import { parseStep, takeStep } from "../src/rotation/native/steps.js";
import type { PrepareReport } from "../src/rotation/phases/phases.js";
import { storeAwaited } from "../src/rotation/phases/store-awaited.js";

interface StoreEvent extends PhaseEvent {
  readonly prepared: PrepareReport;
}

/** What Secrets Manager sends, which may be anything. */
interface StepEvent {
  readonly Step?: unknown;
  readonly SecretId?: unknown;
  readonly ClientRequestToken?: unknown;
}

const reached = {
  ...world(),
  starts: starts(new SFNClient({}), machines()),
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

const store = storingHandler("create", (event: StoreEvent) => storeAwaited(reached, event));

const step = wrap(
  async (event: StepEvent) => takeStep(reached, parseStep(event)),
  // Not all of the event: RotationToken is a secret.
  ({ Step, SecretId, ClientRequestToken }) => ({
    phase: "rotate-natively",
    step: Step,
    secretArn: SecretId,
    versionId: ClientRequestToken,
  }),
);

/**
 * Secrets Manager's rotation function: its four steps, and the state "Store secret", because Secrets Manager takes the new
 * version from the function alone that it has invoked.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export const handler = (event: StoreEvent | StepEvent, context: LambdaContext): Promise<unknown> =>
  "plan" in event ? store(event, context) : step(event, context);
