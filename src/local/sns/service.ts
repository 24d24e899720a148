import { randomUUID } from "node:crypto";
import { usesOfKey } from "../gateway/keys.js";
import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";

/** A message as its subscribers got it. */
export interface Message {
  readonly topicArn: string;
  readonly at: string;
  readonly subject: string;
  readonly message: string;
  readonly endpoints: readonly string[];
}

export interface Subscription {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

export interface Sns extends Service {
  /** Publishes for a rule: EventBridge gives no subject of its own. */
  publish(topicArn: string, message: string, subject?: string): Promise<string>;
  /** What was sent, the oldest first. */
  messages(): Promise<Message[]>;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_LIMIT = 262_144;

export function sns(
  surroundings: Surroundings,
  {
    topics,
    subscriptions,
    keyOf,
  }: {
    topics: readonly string[];
    subscriptions: readonly Subscription[];
    keyOf: (topicArn: string) => string | undefined;
  },
): Sns {
  const store = surroundings.store("messages");
  let sequence = 0;

  async function publish(topicArn: string, message: string, subject = "AWS Notification Message"): Promise<string> {
    if (!topics.includes(topicArn)) throw new ServiceError("NotFound", "Topic does not exist", 404);
    if (Buffer.byteLength(message) > MESSAGE_LIMIT)
      throw new ServiceError("InvalidParameter", "Invalid parameter: Message too long");
    if (subject.length > 100 || !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject)) {
      throw new ServiceError("InvalidParameter", "Invalid parameter: Subject");
    }
    const at = surroundings.clock();
    sequence += 1;
    const sent: Message = {
      topicArn,
      at: at.toISOString(),
      subject,
      message,
      endpoints: subscriptions.filter(({ TopicArn }) => TopicArn === topicArn).map(({ Endpoint }) => Endpoint),
    };
    await store.put(`${String(at.getTime()).padStart(15, "0")}#${String(sequence).padStart(9, "0")}`, sent);
    return randomUUID();
  }

  return {
    name: "sns",
    async touches({ operation, input }) {
      const resource = String(input.TopicArn ?? "*");
      // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic
      const uses = operation === "Publish" ? ["GenerateDataKey", "Decrypt"] : [];
      return [
        { action: `sns:${operation}`, resource, conditions: {} },
        ...usesOfKey(keyOf(resource), uses, { service: "sns" }),
      ];
    },
    async handle({ operation, input }) {
      switch (operation) {
        case "Publish":
          return {
            MessageId: await publish(
              String(input.TopicArn),
              String(input.Message),
              input.Subject === undefined ? undefined : String(input.Subject),
            ),
          };
        case "ListTopics":
          return { Topics: topics.map((TopicArn) => ({ TopicArn })) };
        case "ListSubscriptionsByTopic":
        case "ListSubscriptions":
          return {
            Subscriptions: subscriptions
              .filter(({ TopicArn }) => input.TopicArn === undefined || TopicArn === input.TopicArn)
              .map((subscription) => ({
                ...subscription,
                Owner: surroundings.accountId,
                SubscriptionArn: `${subscription.TopicArn}:local`,
              })),
          };
        default:
          throw unknownOperation("sns", operation);
      }
    },
    publish,
    async messages() {
      const found: Message[] = [];
      for await (const [, value] of store.entries()) found.push(value as Message);
      return found;
    },
  };
}
