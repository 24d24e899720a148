import type { Pattern } from "../../../src/local/events/pattern.js";
import { checkPattern } from "../../../src/local/events/pattern-limits.js";
import { ofType, type Statement, type Template } from "./template.js";

/** The patterns that EventBridge would refuse, with the reason. */
export function refusedPatterns(template: Template): string[] {
  return ["AWS::Events::Rule", "AWS::Events::Archive"]
    .flatMap((type) => ofType(template, type))
    .flatMap(({ id, properties: { EventPattern } }) => {
      try {
        if (EventPattern) checkPattern(EventPattern as Pattern);
        return [];
      } catch (error) {
        return [`${id}: ${(error as Error).message}`];
      }
    });
}

/**
 * What EventBridge is documented to say of itself to the policy of what it delivers to, by the type that has the policy: of a
 * topic and a key nothing, so that a condition there loses every message without a word.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html#eb-rule-dlq
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
const SAYS: Readonly<Record<string, readonly string[]>> = {
  "AWS::SNS::TopicPolicy": [],
  "AWS::SQS::QueuePolicy": ["aws:SourceArn"],
  // Of an archive: https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
  "AWS::KMS::Key": ["kms:EncryptionContext:aws:events:event-bus:arn"],
};

/** The conditions that EventBridge cannot meet, as it says nothing about them. */
export function unmetConditions(template: Template): string[] {
  return Object.entries(SAYS).flatMap(([type, says]) =>
    ofType(template, type).flatMap(({ id, properties }) => {
      const { Statement } = (properties.PolicyDocument ?? properties.KeyPolicy) as { Statement: readonly Statement[] };
      return Statement.filter(isForEventBridge)
        .flatMap(({ Condition = {} }) => Object.values(Condition).flatMap(Object.keys))
        .filter((key) => !says.includes(key))
        .map((key) => `${id} asks EventBridge for ${key}, which it does not say there`);
    }),
  );
}

function isForEventBridge({ Effect, Principal }: Statement): boolean {
  return Effect === "Allow" && JSON.stringify(Principal ?? "").includes('"events.amazonaws.com"');
}
