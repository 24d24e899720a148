import { getAtt, type Resources, sub } from "./cloudformation.js";
import type { Settings } from "./settings.js";

/** The key for table, topic, queue, archive, schedules and logs: the user's own, or the one that `key` makes. */
export function keyArn({ kmsKeyArn }: Pick<Settings, "kmsKeyArn">): unknown {
  return kmsKeyArn ?? getAtt("Key", "Arn");
}

/**
 * A customer-managed key, unless the user names one. Services that act for nobody need to be let in by name; without
 * them a message is lost without a word. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function key({ kmsKeyArn }: Pick<Settings, "kmsKeyArn">): Resources {
  if (kmsKeyArn) return {};
  const inThisAccount = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };
  return {
    Key: {
      Type: "AWS::KMS::Key",
      // A first deployment that fails leaves none behind. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
      Properties: {
        Description: "Keyturn: audit records, announcements, logs",
        EnableKeyRotation: true,
        KeyPolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AccountDecidesByIam",
              Effect: "Allow",
              Principal: { AWS: sub("arn:#{AWS::Partition}:iam::#{AWS::AccountId}:root") },
              Action: "kms:*",
              Resource: "*",
            },
            // No condition: for a queue or a topic under a key, EventBridge says neither account nor rule to the key.
            // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html#eb-rule-dlq
            {
              Sid: "EventsReachTheQueue",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: ["kms:Decrypt", "kms:GenerateDataKey"],
              Resource: "*",
            },
            {
              Sid: "AlarmsReachTheTopic",
              Effect: "Allow",
              Principal: { Service: ["sns.amazonaws.com", "scheduler.amazonaws.com", "cloudwatch.amazonaws.com"] },
              Action: ["kms:Decrypt", "kms:GenerateDataKey"],
              Resource: "*",
              Condition: inThisAccount,
            },
            // https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
            {
              Sid: "ArchiveSeesTheKey",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "kms:DescribeKey",
              Resource: "*",
            },
            {
              Sid: "ArchiveIsEncrypted",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: ["kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncrypt*"],
              Resource: "*",
              // That page says the archive's ARN and shows the bus's. No other condition is known to hold for archives.
              Condition: {
                ArnLike: {
                  "kms:EncryptionContext:aws:events:event-bus:arn": ["event-bus", "archive"].map((kind) =>
                    sub(`arn:#{AWS::Partition}:events:#{AWS::Region}:#{AWS::AccountId}:${kind}/#{AWS::StackName}*`),
                  ),
                },
              },
            },
            {
              Sid: "LogsAreEncrypted",
              Effect: "Allow",
              Principal: { Service: sub("logs.#{AWS::Region}.amazonaws.com") },
              Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
              Resource: "*",
              Condition: {
                ArnLike: {
                  "kms:EncryptionContext:aws:logs:arn": sub(
                    "arn:#{AWS::Partition}:logs:#{AWS::Region}:#{AWS::AccountId}:*",
                  ),
                },
              },
            },
          ],
        },
      },
    },
  };
}
