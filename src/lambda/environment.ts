import { KeyturnError } from "../errors.js";
import type { Consumer } from "../rotation/consumers.js";
import type { GracePeriods } from "../rotation/retirement/plan.js";

/** The DynamoDB table that the deployment made. */
export function tableName(): string {
  return given("KEYTURN_TABLE", "NoTable");
}

/** The ARN of the SNS topic that people are told by. */
export function topicArn(): string {
  return given("KEYTURN_TOPIC", "NoTopic");
}

/** The ARN of the SNS topic for chats; `undefined` where the deployment has none. */
export function chatTopicArn(): string | undefined {
  return process.env.KEYTURN_CHAT_TOPIC || undefined;
}

/** Where announcements are sent, and the ARN of the secret that they are signed by. */
export function webhook(): { readonly url: string; readonly key: string } {
  return JSON.parse(given("KEYTURN_WEBHOOK", "NoWebhook")) as { url: string; key: string };
}

/** The state machines that the rotation function starts. */
export function machines(): { readonly rotateSecret: string; readonly checkSecret: string } {
  return {
    rotateSecret: given("KEYTURN_ROTATE_SECRET", "NoMachine"),
    checkSecret: given("KEYTURN_CHECK_SECRET", "NoMachine"),
  };
}

/** Minutes until old credentials are retired, by schedule, as the deployment took them from keyturn.yml. */
export function gracePeriods(): GracePeriods {
  return JSON.parse(process.env.KEYTURN_RETIRE_AFTER_MINUTES ?? "{}") as GracePeriods;
}

/** What may be told of a rotation, by name, as the deployment took it from keyturn.yml. */
export function declaredConsumers(): Readonly<Record<string, Consumer>> {
  return JSON.parse(process.env.KEYTURN_CONSUMERS ?? "{}") as Readonly<Record<string, Consumer>>;
}

function given(variable: string, code: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new KeyturnError("InternalError", {
    code,
    message: `The environment variable ${variable} is missing: deploy again.`,
  });
}
