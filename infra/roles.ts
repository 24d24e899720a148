import {
  allow,
  type Condition,
  getAtt,
  type Resource,
  type Resources,
  role,
  type Statement,
  sub,
} from "./cloudformation.js";
import { tellConsumers } from "./consumers.js";
import { keyArn } from "./key.js";
import { executions, functionName, machine, STACK } from "./names.js";
import type { Settings } from "./settings.js";
import { LAMBDA, RULES, runs, SCHEDULER } from "./trust.js";

const SECRETS = sub("arn:#{AWS::Partition}:secretsmanager:#{AWS::Region}:#{AWS::AccountId}:secret:*");

/**
 * The opt-in, by tags of the secret itself. The stage keeps two deployments in one account apart: neither reads what
 * belongs to the other.
 */
const managed = (stage: string): Condition => ({
  StringEquals: { "aws:ResourceTag/keyturn:stage": stage },
  StringLike: { "aws:ResourceTag/keyturn:schedule": "?*" },
});
const admin = (stage: string): Condition => ({
  StringEquals: { "aws:ResourceTag/keyturn:stage": stage },
  StringLike: { "aws:ResourceTag/keyturn:admin": "?*" },
});

/**
 * Any secret's: what it says decides whether the secret is ours at all, and the reason why not is said in words. It
 * shows names, tags and labels, and no value.
 */
const describeSecrets = allow("secretsmanager:DescribeSecret", SECRETS);
// `*` only where an action knows no resource, or none that is narrower: stage/permissions/exceptions.ts has the pages.

/** Each secret in the batch needs GetSecretValue besides. */
const readBatches = allow("secretsmanager:BatchGetSecretValue", "*");
const listSecrets = allow("secretsmanager:ListSecrets", "*");
/**
 * Secrets may be under keys of their users' own, also of another account; Secrets Manager is the only way to them, for
 * secrets of this account, and only what stores a version needs to make a data key.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#API_CreateSecret_RequestSyntax
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-context
 */
const useSecretKeys = (...operations: string[]) =>
  allow(
    operations.map((operation) => `kms:${operation}`),
    sub("arn:#{AWS::Partition}:kms:#{AWS::Region}:*:key/*"),
    {
      StringEquals: via("secretsmanager"),
      StringLike: { "kms:EncryptionContext:SecretARN": SECRETS },
    },
  );
const openSecrets = useSecretKeys("Decrypt");
/** The servers whose admin secrets AWS manages. */
const seeServers = [
  allow("rds:DescribeDBInstances", sub("arn:#{AWS::Partition}:rds:#{AWS::Region}:#{AWS::AccountId}:db:*")),
  allow("rds:DescribeDBClusters", sub("arn:#{AWS::Partition}:rds:#{AWS::Region}:#{AWS::AccountId}:cluster:*")),
  allow(["redshift:DescribeClusters", "redshift-serverless:ListNamespaces", "redshift-serverless:ListWorkgroups"], "*"),
];
/** Who holds a secret's lock: a rotation or a retirement. */
const seeHolders = allow("states:DescribeExecution", [executions("rotate-secret"), executions("retire-secret")]);
/** What was announced without a record: a dry run, a fleet's run, and where no record could be written. */
const seeAnnounced = allow(
  "states:DescribeExecution",
  ["rotate-secret", "check-secret", "retire-secret", "rotate-fleet"].map(executions),
);
const seeRotations = allow("states:DescribeExecution", executions("rotate-secret"));
const seeRetirements = allow("states:DescribeExecution", executions("retire-secret"));
/** And which rotation a recovery was of, where that failed before it was planned. */
const readHistories = allow(["states:GetExecutionHistory", "states:DescribeExecution"], executions("rotate-secret"));

const queryUnsettled = allow("dynamodb:Query", {
  "Fn::Join": ["/", [getAtt("Table", "Arn"), "index", "unsettled"]],
});

/** For what a function could not do that nobody waits for: Lambda puts it there with the function's own role. */
const leaveDeadLetters = allow("sqs:SendMessage", getAtt("DeadLetters", "Arn"));

/** What each function calls, and nothing else: a test holds it against the calls that were really made. */
function functionStatements(stage: string) {
  const onManaged = (action: string) => allow(action, SECRETS, managed(stage));
  const readSecrets = onManaged("secretsmanager:GetSecretValue");
  const storeVersions = onManaged("secretsmanager:PutSecretValue");
  const moveLabels = onManaged("secretsmanager:UpdateSecretVersionStage");
  const readAdmins = allow("secretsmanager:GetSecretValue", SECRETS, admin(stage));
  const describeAdmins = [describeSecrets, ...seeServers];
  return {
    Plan: [describeSecrets, readSecrets, openSecrets, table("GetItem", "UpdateItem"), seeHolders],
    CreateSecret: [readSecrets, storeVersions, useSecretKeys("Decrypt", "GenerateDataKey")],
    RotateNatively: [
      describeSecrets,
      readSecrets,
      storeVersions,
      useSecretKeys("Decrypt", "GenerateDataKey"),
      table("GetItem"),
      allow("states:StartExecution", ["rotate-secret", "check-secret"].map(machine)),
      allow("states:DescribeExecution", ["rotate-secret", "check-secret"].map(executions)),
    ],
    WaitForReplicas: [onManaged("secretsmanager:DescribeSecret")],
    SetSecret: [...describeAdmins, readSecrets, readAdmins, readBatches, openSecrets],
    TestSecret: [readSecrets, openSecrets],
    FinishSecret: [onManaged("secretsmanager:DescribeSecret"), moveLabels],
    RollBack: [...describeAdmins, readSecrets, readAdmins, readBatches, moveLabels, openSecrets],
    Record: [describeSecrets, table("GetItem", "PutItem", "UpdateItem"), readHistories],
    PlanRetirement: [describeSecrets, table("Query"), seeRetirements],
    BeginRetirement: [describeSecrets, table("GetItem", "UpdateItem"), seeHolders],
    RetireCredential: [...describeAdmins, readSecrets, readAdmins, readBatches, openSecrets],
    RecordRetirement: [seeRetirements, table("GetItem", "PutItem", "UpdateItem")],
    PlanRefresh: [describeSecrets, table("Query")],
    RefreshConsumer: [table("GetItem", "PutItem", "UpdateItem")],
    SumUpChecks: [],
    ListDue: [listSecrets, describeSecrets, table("BatchGetItem"), queryUnsettled, seeRotations],
    NoticeMove: [describeSecrets, table("GetItem", "PutItem")],
    SumUp: [],
    // What it takes where a webhook is declared: sendWebhooks.
    SendWebhook: [],
    TellPeople: [table("GetItem"), seeAnnounced, allow("sns:Publish", { Ref: "Topic" }), leaveDeadLetters],
  } satisfies Record<string, readonly Statement[]>;
}

/** As serverless.yml names their resources. */
export const functionNames = Object.keys(functionStatements(""));

/** A role for each function, for the state machines, for the schedules and for the rules. */
export function roleResources(settings: Settings, stage: string): Resources {
  const openTable = openTableWith(keyArn(settings));
  /** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic, and for queues as there */
  const sealMessages = (...services: string[]) =>
    allow(["kms:GenerateDataKey", "kms:Decrypt"], keyArn(settings), { StringEquals: via(...services) });
  return {
    ...Object.fromEntries(
      Object.entries<readonly Statement[]>(functionStatements(stage)).map(([name, statements]) => [
        `${name}Role`,
        functionRole(name, [
          ...statements,
          ...(reachesTable(statements) ? [openTable] : []),
          ...(name === "RefreshConsumer" ? tellConsumers(settings) : []),
          ...(name === "TellPeople" ? [sealMessages("sns", "sqs"), ...tellChats(settings)] : []),
          ...(name === "SendWebhook" && settings.notifications.webhook
            ? [...sendWebhooks(settings.notifications.webhook), openTable, sealMessages("sqs")]
            : []),
          ...(settings.network && IN_VPC.includes(name) ? networkInterfaces(name) : []),
        ]),
      ]),
    ),
    RotateSecretRole: role(runs("rotate-secret"), [
      invoke(
        "plan",
        "create-secret",
        "rotate-natively",
        "wait-for-replicas",
        "set-secret",
        "test-secret",
        "finish-secret",
        "roll-back",
        "record",
      ),
      // It takes the right to invoke the rotation function besides: API_RotateSecret.
      allow("secretsmanager:RotateSecret", SECRETS, {
        ...managed(stage),
        // By the function that is attached, and no other.
        Null: { "secretsmanager:RotationLambdaARN": "true" },
      }),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
      table("UpdateItem"),
      openTable,
    ]),
    CheckSecretRole: role(runs("check-secret"), [
      invoke("plan", "create-secret", "set-secret", "test-secret", "finish-secret", "sum-up-checks"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RetireSecretRole: role(runs("retire-secret"), [
      invoke("plan-retirement", "begin-retirement", "retire-credential", "record-retirement"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RefreshConsumersRole: role(runs("refresh-consumers"), [
      invoke("plan-refresh", "refresh-consumer"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    NoticeMoveMachineRole: role(runs("notice-move"), [
      invoke("notice-move"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RotateFleetRole: role(runs("rotate-fleet"), [
      invoke("list-due", "sum-up"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
      allow("states:StartExecution", ["rotate-secret", "check-secret", "rotate-fleet"].map(machine)),
      // For startExecution.sync: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
      allow(
        ["states:DescribeExecution", "states:StopExecution"],
        [executions("rotate-secret"), executions("check-secret")],
      ),
      allow(
        ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        sub(
          "arn:#{AWS::Partition}:events:#{AWS::Region}:#{AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
        ),
      ),
    ]),
    ScheduleRole: role(SCHEDULER, [
      allow("states:StartExecution", machine("rotate-fleet")),
      leaveDeadLetters,
      sealMessages("sqs"),
      openSchedulesWith(keyArn(settings)),
    ]),
    RuleRole: role(RULES, [
      allow(
        "states:StartExecution",
        [...STARTED_BY_RULES, ...(Object.keys(settings.consumers).length > 0 ? ["refresh-consumers"] : [])].map(
          machine,
        ),
      ),
    ]),
  };
}

/**
 * DynamoDB opens the table's key in the name of who reads or writes items, and makes data keys in its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html#dynamodb-cmk-trail
 */
const openTableWith = (key: unknown) =>
  allow("kms:Decrypt", key, {
    StringEquals: { ...via("dynamodb"), "kms:EncryptionContext:aws:dynamodb:tableName": { Ref: "Table" } },
  });

/** By the Scheduler, of which no page says that it calls KMS in another service's name. https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html */
const openSchedulesWith = (key: unknown) =>
  allow("kms:Decrypt", key, {
    ArnLike: {
      "kms:EncryptionContext:aws:scheduler:schedule:arn": sub(
        `arn:#{AWS::Partition}:scheduler:#{AWS::Region}:#{AWS::AccountId}:schedule/${STACK}/*`,
      ),
    },
  });

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
function via(...services: string[]) {
  const names = services.map((service) => sub(`${service}.#{AWS::Region}.amazonaws.com`));
  return { "kms:ViaService": names.length === 1 ? names[0] : names };
}

function tellChats({ notifications: { chat } }: Settings): Statement[] {
  return chat ? [allow("sns:Publish", { Ref: "ChatTopic" })] : [];
}

/** Looks up what is on record, and reads the one key that it is signed by. */
function sendWebhooks({ key }: { readonly key: string }): Statement[] {
  return [
    table("GetItem"),
    seeAnnounced,
    leaveDeadLetters,
    allow("secretsmanager:GetSecretValue", key),
    allow("kms:Decrypt", sub("arn:#{AWS::Partition}:kms:#{AWS::Region}:*:key/*"), {
      StringEquals: { ...via("secretsmanager"), "kms:EncryptionContext:SecretARN": key },
    }),
  ];
}

const STARTED_BY_RULES = ["rotate-secret", "check-secret", "retire-secret", "notice-move", "rotate-fleet"];

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const LOOK_AT_VPC = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const CHANGE_INTERFACES = [
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Lambda makes a function's network interfaces with the function's own role, and then does not say for which function it
 * calls; a call that the function's code makes carries its ARN.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
function networkInterfaces(name: string): Statement[] {
  return [
    allow(LOOK_AT_VPC, "*"),
    allow(CHANGE_INTERFACES, sub("arn:#{AWS::Partition}:ec2:#{AWS::Region}:#{AWS::AccountId}:*/*")),
    // In a subnet that may be another account's, which shares it.
    allow("ec2:CreateNetworkInterface", sub("arn:#{AWS::Partition}:ec2:#{AWS::Region}:*:*/*")),
    {
      Effect: "Deny",
      Action: [...LOOK_AT_VPC, ...CHANGE_INTERFACES, "ec2:CreateNetworkInterface", "ec2:DetachNetworkInterface"],
      Resource: "*",
      Condition: {
        ArnEquals: {
          "lambda:SourceFunctionArn": sub(
            `arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:${functionName(name)}`,
          ),
        },
      },
    },
  ];
}

/** The functions that log in to databases. */
const IN_VPC: readonly string[] = ["CreateSecret", "SetSecret", "TestSecret", "RollBack", "RetireCredential"];

function functionRole(name: string, statements: readonly Statement[]): Resource {
  const group = sub(
    `arn:#{AWS::Partition}:logs:#{AWS::Region}:#{AWS::AccountId}:log-group:/aws/lambda/${functionName(name)}:*`,
  );
  return role(LAMBDA, [allow(["logs:CreateLogStream", "logs:PutLogEvents"], group), ...statements]);
}

function table(...operations: string[]): Statement {
  return allow(
    operations.map((operation) => `dynamodb:${operation}`),
    getAtt("Table", "Arn"),
  );
}

function reachesTable(statements: readonly Statement[]): boolean {
  return statements.some(({ Action }) => String(Action).includes("dynamodb:"));
}

function invoke(...functions: string[]): Statement {
  return allow(
    "lambda:InvokeFunction",
    functions.map((name) =>
      sub(`arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:${STACK}-${name}`),
    ),
  );
}
