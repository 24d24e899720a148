import { DETAIL_TYPES, SOURCE } from "../src/events/names.js";
import { getAtt, logicalId, type Resource, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { NotifiedOutcome, Settings } from "./settings.js";

const OF_OUTCOME: Readonly<Record<NotifiedOutcome, string>> = {
  succeeded: DETAIL_TYPES.rotationSucceeded,
  skipped: DETAIL_TYPES.rotationSkipped,
  failed: DETAIL_TYPES.rotationFailed,
  "needs attention": DETAIL_TYPES.rotationNeedsAttention,
  retired: DETAIL_TYPES.credentialRetired,
  "retirement failed": DETAIL_TYPES.retirementFailed,
  "changed outside": DETAIL_TYPES.changedOutside,
  "check failed": DETAIL_TYPES.checkFailed,
  "consumer failed": DETAIL_TYPES.consumerFailed,
  overdue: DETAIL_TYPES.secretsOverdue,
};

/** What failed in a fleet's run is told when that has ended. */
const OF_RUN: Partial<Readonly<Record<NotifiedOutcome, readonly string[]>>> = {
  failed: [DETAIL_TYPES.fleetRotated, DETAIL_TYPES.fleetStopped],
  "check failed": [DETAIL_TYPES.fleetChecked],
};

function patternOf(on: readonly NotifiedOutcome[]) {
  const single = { "detail-type": on.map((outcome) => OF_OUTCOME[outcome]) };
  const runs = on.flatMap((outcome) => OF_RUN[outcome] ?? []);
  const failing = { "detail-type": runs, detail: { failed: [{ numeric: [">", 0] }] } };
  return { source: [SOURCE], ...(runs.length > 0 ? { $or: [single, failing] } : single) };
}

/** For the function that tells people; empty: there is none. */
export function chatTopicOf({ notifications: { chat } }: Settings): unknown {
  return chat ? { Ref: "ChatTopic" } : "";
}

/** For the function that sends webhooks, as JSON. */
export function declaredWebhook({ notifications: { webhook } }: Settings): string {
  return JSON.stringify(webhook ?? {});
}

/** The topics, who is subscribed, and the rule that has functions tell people, and a webhook, what is on record. */
export function notificationResources(settings: Settings): Resources {
  const { email, on, chat, webhook } = settings.notifications;
  return {
    Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "Keyturn", KmsMasterKeyId: keyArn(settings) } },
    TopicPolicy: topicPolicy("Topic", [fromAlarms, onlyKeyturnTells("Topic")]),
    // In one topic with the mails everybody would get both forms, or whoever is subscribed by https the wrong one.
    ...(chat
      ? {
          ChatTopic: { Type: "AWS::SNS::Topic", Properties: { KmsMasterKeyId: keyArn(settings) } },
          ChatTopicPolicy: topicPolicy("ChatTopic", [onlyKeyturnTells("ChatTopic")]),
        }
      : {}),
    ...Object.fromEntries(
      email.map((address) => [
        logicalId("mail", address),
        {
          Type: "AWS::SNS::Subscription",
          Properties: { TopicArn: { Ref: "Topic" }, Protocol: "email", Endpoint: address },
        },
      ]),
    ),
    TellPeopleFailed: leftToDeadLetters("TellPeople"),
    ...(webhook ? { SendWebhookFailed: leftToDeadLetters("SendWebhook") } : {}),
    ...(on.length > 0
      ? {
          AnnouncementRule: {
            Type: "AWS::Events::Rule",
            Properties: {
              Description: "Tells people what happened",
              EventBusName: { Ref: "Bus" },
              EventPattern: patternOf(on),
              Targets: [
                target("tell-people", "TellPeople"),
                ...(webhook ? [target("send-webhook", "SendWebhook")] : []),
              ],
            },
          },
          TellPeoplePermission: invokedByRule("TellPeople"),
          ...(webhook ? { SendWebhookPermission: invokedByRule("SendWebhook") } : {}),
        }
      : {}),
  };
}

const arnOf = (name: string) => getAtt(`${name}LambdaFunction`, "Arn");

function target(Id: string, name: string) {
  return { Id, Arn: arnOf(name), DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") } };
}

/** What the function could not do, after Lambda has tried it again. */
function leftToDeadLetters(name: string): Resource {
  return {
    Type: "AWS::Lambda::EventInvokeConfig",
    Properties: {
      FunctionName: { Ref: `${name}LambdaFunction` },
      Qualifier: "$LATEST",
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: getAtt("DeadLetters", "Arn") } },
    },
  };
}

function invokedByRule(name: string): Resource {
  return {
    Type: "AWS::Lambda::Permission",
    Properties: {
      FunctionName: arnOf(name),
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: getAtt("AnnouncementRule", "Arn"),
    },
  };
}

function topicPolicy(topic: string, Statement: readonly object[]): Resource {
  return {
    Type: "AWS::SNS::TopicPolicy",
    Properties: { Topics: [{ Ref: topic }], PolicyDocument: { Version: "2012-10-17", Statement } },
  };
}

const fromAlarms = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
  Resource: { Ref: "Topic" },
  Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
};

/**
 * Whoever may publish to every topic of the account may not to this one: people believe what comes from it. Alarms come
 * from a service, which is no principal of the account.
 */
const onlyKeyturnTells = (topic: string) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "sns:Publish",
  Resource: { Ref: topic },
  Condition: {
    ArnNotEquals: { "aws:PrincipalArn": getAtt("TellPeopleRole", "Arn") },
    Bool: { "aws:PrincipalIsAWSService": "false" },
  },
});
