import { getAtt, logicalId, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { NotifiedOutcome, Settings } from "./settings.js";

const DETAIL_TYPES: Readonly<Record<NotifiedOutcome, string>> = {
  succeeded: "Secret Rotation Succeeded",
  skipped: "Secret Rotation Skipped",
  failed: "Secret Rotation Failed",
  "needs attention": "Secret Rotation Needs Attention",
  "check failed": "Secret Check Failed",
};

/** The topic, who is subscribed to it, and the rule that turns announcements into messages a person can read. */
export function notificationResources(settings: Settings): Resources {
  const { email, on } = settings.notifications;
  return {
    Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "Keyturn", KmsMasterKeyId: keyArn(settings) } },
    TopicPolicy: {
      Type: "AWS::SNS::TopicPolicy",
      Properties: {
        Topics: [{ Ref: "Topic" }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
              Action: "sns:Publish",
              Resource: { Ref: "Topic" },
              Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
            },
          ],
        },
      },
    },
    ...Object.fromEntries(
      email.map((address) => [
        logicalId("mail", address),
        {
          Type: "AWS::SNS::Subscription",
          Properties: { TopicArn: { Ref: "Topic" }, Protocol: "email", Endpoint: address },
        },
      ]),
    ),
    ...(on.length > 0 ? { AnnouncementRule: announcementRule(on) } : {}),
  };
}

function announcementRule(on: readonly NotifiedOutcome[]): Resources[string] {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Description: "Tells people how rotations ended",
      EventBusName: { Ref: "Bus" },
      EventPattern: { source: ["keyturn"], "detail-type": on.map((outcome) => DETAIL_TYPES[outcome]) },
      Targets: [
        {
          Id: "topic",
          Arn: { Ref: "Topic" },
          DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
          InputTransformer: {
            InputPathsMap: {
              summary: "$.detail.summary",
              type: "$.detail-type",
              started: "$.detail.startedAt",
              ended: "$.detail.endedAt",
              execution: "$.detail.executionArn",
            },
            // Each line of the message is a string of its own:
            // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
            InputTemplate: [
              '"<type>"',
              '""',
              '"<summary>"',
              '""',
              '"Started <started>, ended <ended>."',
              '"Execution: <execution>"',
            ].join("\n"),
          },
        },
      ],
    },
  };
}
