import { FunctionError, ServiceError } from "../service.js";
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
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }

    const rotation = { ...secret.rotation, enabled: true, lambdaArn, rules, since: now(context.surroundings) };
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
    context.background(immediately ? rotate(context, secret.arn, token) : testOnly(context, secret, token));
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

/** A rotation that fails leaves its version and its AWSPENDING behind, as on AWS. */
async function rotate(context: Context, arn: string, token: string): Promise<void> {
  if (!(await run(context, arn, token, STEPS))) return;
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

/** Whether all steps succeeded. No step is begun once the rotation was cancelled or has lost AWSPENDING. */
async function run(context: Context, arn: string, token: string, steps: readonly Step[]): Promise<boolean> {
  for (const Step of steps) {
    const secret = await context.secrets.find(arn);
    if (!secret?.rotation?.enabled || secret.labels[PENDING] !== token) return false;
    try {
      await context.surroundings.invoke(secret.rotation.lambdaArn, { SecretId: arn, ClientRequestToken: token, Step });
    } catch (error) {
      if (error instanceof FunctionError || error instanceof ServiceError) return false;
      throw error;
    }
  }
  return true;
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
