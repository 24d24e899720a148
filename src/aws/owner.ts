import {
  CancelRotateSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { NativeRules, Owner } from "../adoption/owner.js";
import { KeyturnError } from "../errors.js";
import type { Check } from "../rotation/dry-run/checklist.js";
import { isRunning } from "../rotation/ended.js";
import { fromAws } from "./errors.js";
import { executions } from "./executions.js";
import { secretStore } from "./secret-store.js";

/** With the credentials of whoever runs it. */
export function owner(secrets: SecretsManagerClient, states: SFNClient): Owner {
  return {
    describe: secretStore(secrets).describe,

    async tag(SecretId, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await attempt("Tagging the secret", () => secrets.send(new TagResourceCommand({ SecretId, Tags })));
    },

    async untag(SecretId, keys) {
      const command = new UntagResourceCommand({ SecretId, TagKeys: [...keys] });
      await attempt("Taking tags off the secret", () => secrets.send(command));
    },

    async rotateBy(SecretId, RotationLambdaARN, rules) {
      const command = new RotateSecretCommand({
        ...{ SecretId, RotationLambdaARN, RotateImmediately: false },
        ...(rules ? { RotationRules: rotationRules(rules) } : {}),
      });
      await attempt("Turning Secrets Manager's rotation on", () => secrets.send(command));
    },

    async rotateNoMore(SecretId) {
      const command = new CancelRotateSecretCommand({ SecretId });
      await attempt("Turning Secrets Manager's rotation off", () => secrets.send(command));
    },

    async check(secretArn, stage) {
      const command = new StartExecutionCommand({
        stateMachineArn: checkSecretOf(secretArn, stage),
        input: JSON.stringify({ secretId: secretArn }),
      });
      const { executionArn = "" } = await attempt("Starting the dry run", () => states.send(command));
      for (;;) {
        const found = await executions(states).lookUp(executionArn);
        if (isRunning(found)) await new Promise((resolve) => setTimeout(resolve, 500));
        else return checksIn(found?.output, executionArn);
      }
    },
  };
}

/** It is a person who asks, so he is told what AWS says. */
async function attempt<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    const known = fromAws(error, doing);
    const { name, message } = error as Error;
    throw known.retryable
      ? known
      : new KeyturnError(known.name, {
          ...{ code: known.code, message: `${doing}: ${name}, ${message}` },
          ...(known.cause ? { cause: known.cause } : {}),
        });
  }
}

function rotationRules({ days, expression }: NativeRules) {
  return {
    ...(days === undefined ? {} : { AutomaticallyAfterDays: days }),
    ...(expression === undefined ? {} : { ScheduleExpression: expression }),
  };
}

/** The machine of that stage, in the secret's region and account; as serverless.yml names it. */
function checkSecretOf(secretArn: string, stage: string): string {
  const [, partition, , region, account] = secretArn.split(":");
  return `arn:${partition}:states:${region}:${account}:stateMachine:keyturn-${stage}-check-secret`;
}

function checksIn(output: string | undefined, executionArn: string): readonly Check[] {
  const { checks } = JSON.parse(output ?? "{}") as { checks?: readonly Check[] };
  if (checks) return checks;
  throw new KeyturnError("InternalError", {
    code: "NotChecked",
    message: `The dry run came to no end. Look at the execution ${executionArn}.`,
  });
}
