import { randomUUID } from "node:crypto";
import { type Caller, FunctionError, ServiceError } from "../service.js";
import { change } from "./change.js";
import { invalidParameter, invalidRequest } from "./errors.js";
import { flag, text } from "./input.js";
import { CURRENT, PENDING } from "./labels.js";
import { versionId } from "./members.js";
import { type Context, refuseManaged, secretOperation } from "./operation.js";
import { checkRules, rotationRules } from "./rotation-schedule.js";
import type { Secret } from "./secret.js";
import { now } from "./time.js";
import { addVersion, withoutVersion } from "./versions.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
type Step = (typeof STEPS)[number];

/** Milliseconds from a try of all steps to the next. That there are several is AWS's word; how many, and when, is ours. */
const RETRIES_MS = [60_000, 120_000];

/**
 * Answers at once; the rotation function's steps run after that.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
 */
export const rotateSecret = secretOperation(
  {
    ClientRequestToken: versionId,
    RotationLambdaARN: text({ max: 2048 }),
    RotationRules: rotationRules,
    RotateImmediately: flag(),
  },
  async (context, secret, input) => {
    refuseManaged(secret);
    const { ClientRequestToken: token, RotateImmediately: immediately = true } = input;
    const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
    const rules = input.RotationRules ?? secret.rotation?.rules ?? {};
    if (token === undefined) {
      throw invalidParameter("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
    }
    if (!lambdaArn) throw invalidRequest("No Lambda rotation function ARN is associated with this secret.");
    if (!context.isFunction(lambdaArn)) throw notInvokable();
    checkRules(rules);

    const answer = { ARN: secret.arn, Name: secret.name, VersionId: token };
    if (secret.versions[token]) return answer;
    const { [PENDING]: pending, [CURRENT]: current } = secret.labels;
    if (pending !== undefined && pending !== current) {
      if (secret.rotation?.enabled && pending === secret.rotation.versionId)
        context.rotations.begin(secret.arn, () => rotate(context, secret.arn, pending));
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }

    const rotation = {
      ...secret.rotation,
      enabled: true,
      ...{ lambdaArn, rules, versionId: token, rotationToken: randomUUID() },
      since: now(context.surroundings),
    };
    const added = addVersion(
      context,
      { ...secret, rotation },
      {
        versionId: token,
        value: immediately || current === undefined ? undefined : await context.secrets.value(secret, current),
        labels: [PENDING],
      },
    );
    await change(context, secret, added.secret, added.values);
    context.rotations.begin(secret.arn, () =>
      immediately ? rotate(context, secret.arn, token) : testOnly(context, secret, token),
    );
    return answer;
  },
);

/**
 * AWS looks whether it may invoke the function before anything changes, and says no more of one that is not there.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
 */
function notInvokable(): ServiceError {
  return new ServiceError(
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );
}

/**
 * Throws where another Lambda function than the one that was invoked stores the version that the rotation waits for, and not
 * by the token that this one was given.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export function refuseOtherFunction(
  { conditions }: Caller,
  { rotation, labels }: Secret,
  { versionId: token, rotationToken }: { readonly versionId: string; readonly rotationToken?: string | undefined },
): void {
  const by = conditions?.["lambda:SourceFunctionArn"];
  if (!rotation?.enabled || rotation.versionId !== token || labels[PENDING] !== token) return;
  if (by === undefined || by === rotation.lambdaArn || rotationToken === rotation.rotationToken) return;
  throw new ServiceError(
    "AccessDeniedException",
    "Only the rotation function that Secrets Manager has invoked can store the version that is being rotated.",
  );
}

/** A rotation that fails leaves its version and its AWSPENDING behind, as on AWS; it is tried again as a whole before that. */
async function rotate(context: Context, arn: string, token: string): Promise<void> {
  for (const wait of [...RETRIES_MS, undefined]) {
    const ended = await run(context, arn, token, STEPS);
    if (ended === "done") return succeeded(context, arn, token);
    if (ended === "abandoned" || wait === undefined) return;
    if (!(await context.rotations.pause(wait / context.surroundings.speed))) return;
  }
}

async function succeeded(context: Context, arn: string, token: string): Promise<void> {
  await withSecret(context, arn, async (secret) => {
    if (secret.labels[CURRENT] !== token || !secret.rotation) return;
    const at = now(context.surroundings);
    await context.secrets.save({ ...secret, rotation: { ...secret.rotation, rotatedAt: at, since: at } });
  });
}

/** With `RotateImmediately: false` only testSecret runs, on a copy of the current version that goes away after it. */
async function testOnly(context: Context, { arn, labels }: Secret, token: string): Promise<void> {
  await run(context, arn, token, ["testSecret"]);
  await withSecret(context, arn, async (secret) => {
    const { secret: cleaned, values } = withoutVersion(secret, token);
    const pending = labels[PENDING];
    const restored = pending === undefined ? cleaned.labels : { ...cleaned.labels, [PENDING]: pending };
    await change(context, secret, { ...cleaned, labels: restored }, values);
  });
}

/** No step is begun once the rotation was cancelled or has lost AWSPENDING: it is abandoned. */
async function run(
  context: Context,
  arn: string,
  token: string,
  steps: readonly Step[],
): Promise<"done" | "failed" | "abandoned"> {
  for (const Step of steps) {
    const secret = await context.secrets.find(arn);
    const { rotation } = secret ?? {};
    if (!rotation?.enabled || secret?.labels[PENDING] !== token) return "abandoned";
    const event = { SecretId: arn, ClientRequestToken: token, Step, RotationToken: rotation.rotationToken };
    try {
      await context.surroundings.invoke(rotation.lambdaArn, event, true);
    } catch (error) {
      if (error instanceof FunctionError || error instanceof ServiceError) return "failed";
      throw error;
    }
  }
  return "done";
}

/** Does nothing if the secret was deleted meanwhile. */
async function withSecret(context: Context, arn: string, work: (secret: Secret) => Promise<void>): Promise<void> {
  if (await context.secrets.find(arn)) await context.secrets.alone(arn, work);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html */
export const cancelRotateSecret = secretOperation({}, async (context, secret) => {
  const { [PENDING]: pending, [CURRENT]: current } = secret.labels;
  if (secret.rotation) await change(context, secret, { ...secret, rotation: { ...secret.rotation, enabled: false } });
  return { ARN: secret.arn, Name: secret.name, VersionId: pending === current ? undefined : pending };
});
