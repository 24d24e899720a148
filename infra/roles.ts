import { actsElsewhere, checkRoleNames, type Deployment, memberRoles, roleName, takeOn } from "./accounts.js";
import { allow, getAtt, type Resource, type Resources, role, type Statement, sub } from "./cloudformation.js";
import { tellConsumers } from "./consumers.js";
import { machineRoles } from "./machine-roles.js";
import { executions, functionName, machine } from "./names.js";
import { IN_VPC, networkInterfaces } from "./network-rights.js";
import { admin, leaveDeadLetters, managed, openTable, SECRETS, sealMessages, table, via } from "./rights.js";
import type { Settings } from "./settings.js";
import { LAMBDA } from "./trust.js";

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

/** The template of another account, whose owner has the deployment's functions rotate its secrets by deploying it. */
export function accountTemplate(deployment: Deployment) {
  checkRoleNames(functionNames, deployment.stage);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Roles by which Keyturn, stage ${deployment.stage} of account ${deployment.account}, rotates secrets of this one`,
    Resources: memberRoles(functionStatements(deployment.stage), deployment),
  };
}

/** A role for each function, for the state machines, for the schedules and for the rules. */
export function roleResources(settings: Settings, stage: string): Resources {
  const { accounts } = settings;
  if (accounts.length > 0) checkRoleNames(functionNames, stage);
  return {
    ...Object.fromEntries(
      Object.entries<readonly Statement[]>(functionStatements(stage)).map(([name, statements]) => {
        const elsewhere = accounts.length > 0 && actsElsewhere(name, statements);
        const all = [
          ...statements,
          ...(elsewhere ? [takeOn(name, accounts)] : []),
          ...(reachesTable(statements) ? [openTable(settings)] : []),
          ...(name === "RefreshConsumer" ? tellConsumers(settings) : []),
          ...(name === "TellPeople" ? [sealMessages(settings, "sns", "sqs"), ...tellChats(settings)] : []),
          ...(name === "SendWebhook" && settings.notifications.webhook
            ? [...sendWebhooks(settings.notifications.webhook), openTable(settings), sealMessages(settings, "sqs")]
            : []),
          ...(settings.network && IN_VPC.includes(name) ? networkInterfaces(name) : []),
        ];
        return [`${name}Role`, functionRole(name, all, elsewhere ? roleName(name) : undefined)];
      }),
    ),
    ...machineRoles(settings, stage),
  };
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

function functionRole(name: string, statements: readonly Statement[], called?: unknown): Resource {
  const group = sub(
    `arn:#{AWS::Partition}:logs:#{AWS::Region}:#{AWS::AccountId}:log-group:/aws/lambda/${functionName(name)}:*`,
  );
  return role(LAMBDA, [allow(["logs:CreateLogStream", "logs:PutLogEvents"], group), ...statements], called);
}

function reachesTable(statements: readonly Statement[]): boolean {
  return statements.some(({ Action }) => String(Action).includes("dynamodb:"));
}
