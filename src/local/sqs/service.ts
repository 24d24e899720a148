import { createHash, randomUUID } from "node:crypto";
import { usesOfKey } from "../gateway/keys.js";
import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";

interface Stored {
  readonly MessageId: string;
  readonly Body: string;
}

export interface Sqs extends Service {
  send(queueArn: string, body: string): Promise<string>;
}

/** As much of SQS as a dead-letter queue needs: what is put in can be looked at and taken out. */
export function sqs(
  surroundings: Surroundings,
  {
    queues,
    keyOf,
    endpoint,
  }: {
    queues: readonly string[];
    keyOf: (queueArn: string) => string | undefined;
    endpoint: () => string;
  },
): Sqs {
  const { accountId, clock } = surroundings;
  const store = surroundings.store("queues");
  const nameOf = (arnOrUrl: string) =>
    arnOrUrl.slice(Math.max(arnOrUrl.lastIndexOf(":"), arnOrUrl.lastIndexOf("/")) + 1);
  const urlOf = (name: string) => `${endpoint()}/${accountId}/${name}`;
  const arnOf = (name: string) => `arn:aws:sqs:${surroundings.region}:${accountId}:${name}`;
  let sequence = 0;

  function queue(arnOrUrl: unknown): string {
    const name = nameOf(String(arnOrUrl));
    if (queues.some((arn) => nameOf(arn) === name)) return name;
    throw new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
  }

  async function send(arnOrUrl: string, body: string): Promise<string> {
    const MessageId = randomUUID();
    sequence += 1;
    const key = `${queue(arnOrUrl)}#${String(clock().getTime()).padStart(15, "0")}#${String(sequence).padStart(9, "0")}`;
    await store.put(key, { MessageId, Body: body } satisfies Stored);
    return MessageId;
  }

  async function messages(name: string, limit?: number): Promise<Array<[string, Stored]>> {
    const found: Array<[string, Stored]> = [];
    const range = { gte: `${name}#`, lt: `${name}$`, ...(limit ? { limit } : {}) };
    for await (const [key, value] of store.entries(range)) found.push([key, value as Stored]);
    return found;
  }

  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  return {
    name: "sqs",
    send,
    async touches({ operation, input }) {
      const resource =
        input.QueueUrl || input.QueueName ? arnOf(nameOf(String(input.QueueUrl ?? input.QueueName))) : "*";
      return [
        { action: `sqs:${operation}`, resource, conditions: {} },
        ...usesOfKey(keyOf(resource), USES_OF_KEY[operation] ?? [], { service: "sqs" }),
      ];
    },
    async handle({ operation, input }) {
      switch (operation) {
        case "ListQueues":
          return { QueueUrls: queues.map((arn) => urlOf(nameOf(arn))) };
        case "GetQueueUrl":
          return { QueueUrl: urlOf(queue(input.QueueName)) };
        case "GetQueueAttributes": {
          const name = queue(input.QueueUrl);
          return {
            Attributes: { QueueArn: arnOf(name), ApproximateNumberOfMessages: String((await messages(name)).length) },
          };
        }
        case "SendMessage":
          return {
            MessageId: await send(String(input.QueueUrl), String(input.MessageBody)),
            MD5OfMessageBody: md5(String(input.MessageBody)),
          };
        case "ReceiveMessage": {
          const found = await messages(queue(input.QueueUrl), Number(input.MaxNumberOfMessages ?? 1));
          return {
            Messages: found.map(([ReceiptHandle, message]) => ({
              ...message,
              ReceiptHandle,
              MD5OfBody: md5(message.Body),
            })),
          };
        }
        case "DeleteMessage":
          queue(input.QueueUrl);
          await store.del(String(input.ReceiptHandle));
          return {};
        default:
          throw unknownOperation("sqs", operation);
      }
    },
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const USES_OF_KEY: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ["GenerateDataKey", "Decrypt"],
  ReceiveMessage: ["Decrypt"],
};
