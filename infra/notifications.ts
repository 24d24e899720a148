import { DETAIL_TYPES, SOURCE } from "../src/events/names.js";
import { getAtt, logicalId, type Resources } from "./cloudformation.js";
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

/** The topic, who is subscribed to it, and the rule that has a function tell people what is on record. */
export function notificationResources(settings: Settings): Resources {
  const { email, on } = settings.notifications;
  const teller = getAtt("TellPeopleLambdaFunction", "Arn");
  return {
    Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "Keyturn", KmsMasterKeyId: keyArn(settings) } },
    TopicPolicy: {
      Type: "AWS::SNS::TopicPolicy",
      Properties: {
        Topics: [{ Ref: "Topic" }],
        PolicyDocument: { Version: "2012-10-17", Statement: [fromAlarms, onlyKeyturnTells] },
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
    // What the function could not do, after Lambda has tried it again.
    TellPeopleFailed: {
      Type: "AWS::Lambda::EventInvokeConfig",
      Properties: {
        FunctionName: { Ref: "TellPeopleLambdaFunction" },
        Qualifier: "$LATEST",
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: getAtt("DeadLetters", "Arn") } },
      },
    },
    ...(on.length > 0
      ? {
          AnnouncementRule: {
            Type: "AWS::Events::Rule",
            Properties: {
              Description: "Tells people what happened",
              EventBusName: { Ref: "Bus" },
              EventPattern: patternOf(on),
              Targets: [{ Id: "tell-people", Arn: teller, DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") } }],
            },
          },
          TellPeoplePermission: {
            Type: "AWS::Lambda::Permission",
            Properties: {
              FunctionName: teller,
              Action: "lambda:InvokeFunction",
              Principal: "events.amazonaws.com",
              SourceArn: getAtt("AnnouncementRule", "Arn"),
            },
          },
        }
      : {}),
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
const onlyKeyturnTells = {
  Effect: "Deny",
  Principal: "*",
  Action: "sns:Publish",
  Resource: { Ref: "Topic" },
  Condition: {
    ArnNotEquals: { "aws:PrincipalArn": getAtt("TellPeopleRole", "Arn") },
    Bool: { "aws:PrincipalIsAWSService": "false" },
  },
};
