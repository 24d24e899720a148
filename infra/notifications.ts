import { getAtt, logicalId, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { NotifiedOutcome, Settings } from "./settings.js";

const DETAIL_TYPES: Readonly<Record<NotifiedOutcome, string>> = {
  succeeded: "Secret Rotation Succeeded",
  skipped: "Secret Rotation Skipped",
  failed: "Secret Rotation Failed",
  "needs attention": "Secret Rotation Needs Attention",
  retired: "Secret Credential Retired",
  "retirement failed": "Secret Retirement Failed",
  "changed outside": "Secret Changed Outside Keyturn",
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
    ...announcementRules(on),
  };
}

/** Events that are about no execution. */
const WITHOUT_EXECUTION: readonly NotifiedOutcome[] = ["changed outside"];

/** Each line of the message is a string of its own: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
const TEXT = ['"<type>"', '""', '"<summary>"'];
const TIMES = ['""', '"Started <started>, ended <ended>."', '"Execution: <execution>"'];

function announcementRules(on: readonly NotifiedOutcome[]): Resources {
  const short = on.filter((outcome) => WITHOUT_EXECUTION.includes(outcome));
  const long = on.filter((outcome) => !WITHOUT_EXECUTION.includes(outcome));
  return {
    ...(long.length > 0
      ? {
          AnnouncementRule: rule(long, [...TEXT, ...TIMES], {
            started: "$.detail.startedAt",
            ended: "$.detail.endedAt",
            execution: "$.detail.executionArn",
          }),
        }
      : {}),
    ...(short.length > 0 ? { NoticeRule: rule(short, TEXT, {}) } : {}),
  };
}

function rule(
  outcomes: readonly NotifiedOutcome[],
  lines: readonly string[],
  paths: Readonly<Record<string, string>>,
): Resources[string] {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Description: "Tells people what happened",
      EventBusName: { Ref: "Bus" },
      EventPattern: { source: ["keyturn"], "detail-type": outcomes.map((outcome) => DETAIL_TYPES[outcome]) },
      Targets: [
        {
          Id: "topic",
          Arn: { Ref: "Topic" },
          DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
          InputTransformer: {
            InputPathsMap: { summary: "$.detail.summary", type: "$.detail-type", ...paths },
            InputTemplate: lines.join("\n"),
          },
        },
      ],
    },
  };
}
