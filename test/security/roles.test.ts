import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { roleResources } from "../../infra/roles.js";
import { parseSettings } from "../../infra/settings.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { mayDo, SECRET, statementsIn } from "./policies.js";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

const keyturn = useCloud();
const READING = ["Plan", "CreateSecret", "SetSecret", "TestSecret", "RollBack", "RetireCredential", "RotateNatively"];

const { Resources } = JSON.parse(readFileSync(inject("template"), "utf8")) as Template;
const ofType = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type);
/** The states that put events on a bus, by their machine's logical id. */
const announcing = ofType("AWS::StepFunctions::StateMachine").filter(([, { Properties }]) =>
  JSON.stringify(Properties.Definition).includes("events:putEvents"),
);

const roles = ofType("AWS::IAM::Role").map(([id, { Properties }]) => ({ id, statements: statementsIn(Properties) }));
const OURS = { "keyturn:stage": "dev" };
const MANAGED = { tags: { ...OURS, "keyturn:schedule": "nightly" } };
const ADMIN = { tags: { ...OURS, "keyturn:admin": "app/" } };

/** The roles that may do it, by what comes before `Role` in their logical ids. */
const able = (action: string, on: Parameters<typeof mayDo>[2]) =>
  roles.filter(({ statements }) => mayDo(statements, action, on)).map(({ id }) => id.replace(/Role$/, ""));

describe("a function that is taken over", () => {
  it.each([
    ["reads a managed secret", "secretsmanager:GetSecretValue", MANAGED, READING],
    ["reads an admin secret", "secretsmanager:GetSecretValue", ADMIN, ["SetSecret", "RollBack", "RetireCredential"]],
    ["stores a version", "secretsmanager:PutSecretValue", MANAGED, ["CreateSecret", "RotateNatively"]],
    ["stores a version of an admin secret", "secretsmanager:PutSecretValue", ADMIN, []],
    ["moves a label", "secretsmanager:UpdateSecretVersionStage", MANAGED, ["FinishSecret", "RollBack"]],
    ["moves a label of an admin secret", "secretsmanager:UpdateSecretVersionStage", ADMIN, []],
  ])("%s only where the phase's work is that", (_, action, on, wanted) => {
    expect(able(action, on).sort()).toEqual([...wanted].sort());
  });

  it.each([
    ["without any tag", {}],
    ["of another stage", { tags: { ...MANAGED.tags, ...ADMIN.tags, "keyturn:stage": "prod" } }],
    ["of this stage alone", { tags: OURS }],
    ["with empty tags", { tags: { ...OURS, "keyturn:schedule": "", "keyturn:admin": "" } }],
  ])("does nothing to a secret %s, and does not read it", (_, on) => {
    for (const action of ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"])
      expect(able(`secretsmanager:${action}`, on)).toEqual([]);
  });

  it("changes no tag, no policy, no function, no machine, no rule, no archive and no role", () => {
    for (const action of [
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:PutResourcePolicy",
      "secretsmanager:UpdateSecret",
      "secretsmanager:DeleteSecret",
      "iam:PassRole",
      "iam:PutRolePolicy",
      "sts:AssumeRole",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:AddPermission",
      "states:UpdateStateMachine",
      "events:PutPermission",
      "events:DeleteRule",
      "events:DisableRule",
      "events:DeleteArchive",
      "events:UpdateArchive",
      "events:StartReplay",
      "dynamodb:DeleteItem",
      "dynamodb:DeleteTable",
      "dynamodb:UpdateTable",
      "kms:ScheduleKeyDeletion",
      "kms:PutKeyPolicy",
      "logs:DeleteLogGroup",
    ])
      expect([action, able(action, { ...MANAGED, resource: "*" })]).toEqual([action, []]);
  });

  it("attaches no rotation function, and no function has Secrets Manager rotate: a machine does", () => {
    const other = { "secretsmanager:RotationLambdaARN": "arn:aws:lambda:eu-central-1:000000000000:function:other" };
    expect(able("secretsmanager:RotateSecret", MANAGED)).toEqual(["RotateSecret"]);
    expect(able("secretsmanager:RotateSecret", { ...MANAGED, conditions: other })).toEqual([]);
    expect(able("secretsmanager:RotateSecret", ADMIN)).toEqual([]);
  });

  it("invokes no function, announces nothing, and starts nothing: machines do, and what Secrets Manager begins with", () => {
    const functions = ofType("AWS::Lambda::Function").map(([id]) => id.replace(/LambdaFunction$/, ""));
    const statements = roles.filter(({ id }) => functions.includes(id.replace(/Role$/, "")));
    expect(statements).toHaveLength(functions.length);
    for (const one of statements) expect(JSON.stringify(one)).not.toMatch(/lambda:InvokeFunction|events:PutEvents/);
    const starting = statements.filter((one) => JSON.stringify(one).includes("states:StartExecution"));
    expect(starting.map(({ id }) => id)).toEqual(["RotateNativelyRole"]);
    for (const [machine, starts] of [
      ["rotate-secret", ["RotateFleet", "RotateNatively", "Rule"]],
      ["check-secret", ["RotateFleet", "RotateNatively", "Rule"]],
      ["retire-secret", ["Rule"]],
      ["rotate-fleet", ["RotateFleet", "Rule", "Schedule"]],
    ] as const) {
      const resource = `arn:aws:states:eu-central-1:000000000000:stateMachine:keyturn-dev-${machine}`;
      expect([machine, able("states:StartExecution", { resource }).sort()]).toEqual([machine, [...starts].sort()]);
    }
  });

  it("uses keys of secrets' owners by Secrets Manager only, for secrets of this account and region", () => {
    const key = "arn:aws:kms:eu-central-1:000000000000:key/somebodys";
    const via = { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" };
    const secret = { "kms:EncryptionContext:SecretARN": SECRET };
    const decrypts = (conditions: Readonly<Record<string, string>>) =>
      able("kms:Decrypt", { resource: key, conditions }).sort();
    expect(decrypts({ ...via, ...secret })).toEqual([...READING].sort());
    expect(decrypts(secret)).toEqual([]);
    expect(decrypts(via)).toEqual([]);
    expect(decrypts({ ...via, "kms:ViaService": "s3.eu-central-1.amazonaws.com", ...secret })).toEqual([]);
    for (const other of [SECRET.replace("000000000000", "111111111111"), SECRET.replace("eu-central-1", "us-east-1")])
      expect(decrypts({ ...via, "kms:EncryptionContext:SecretARN": other })).toEqual([]);
  });

  it("in a VPC touches no network interface: Lambda does, with the same role", () => {
    const settings = parseSettings(
      "network: { subnetIds: [subnet-1], securityGroupIds: [sg-1] }",
      readFileSync("keyturn.schema.json", "utf8"),
    );
    const inVpc = Object.entries(roleResources(settings, "dev")).filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes("ec2:CreateNetworkInterface"),
    );
    expect(inVpc.map(([id]) => id).sort()).toEqual(
      ["CreateSecret", "RetireCredential", "RollBack", "SetSecret", "TestSecret"].map((name) => `${name}Role`),
    );
    for (const [id, { Properties }] of inVpc) {
      const statements = statementsIn(Properties);
      const name = id
        .replace(/Role$/, "")
        .replace(/(?<=.)[A-Z]/g, "-$&")
        .toLowerCase();
      const itself = `arn:aws:lambda:eu-central-1:000000000000:function:keyturn-dev-${name}`;
      expect(JSON.stringify(Resources)).toContain(`"FunctionName":"keyturn-dev-${name}"`);
      for (const action of ["CreateNetworkInterface", "DeleteNetworkInterface", "AssignPrivateIpAddresses"]) {
        const may = (conditions: Readonly<Record<string, string>>) =>
          mayDo(statements, `ec2:${action}`, {
            resource: "arn:aws:ec2:eu-central-1:000000000000:network-interface/eni-1",
            conditions,
          });
        expect(may({})).toBe(true);
        expect(may({ "lambda:SourceFunctionArn": itself })).toBe(false);
      }
    }
  });
});

describe("a role", () => {
  it("is taken on for this account's own resources only, where the service says for whose", () => {
    for (const [id, { Properties }] of ofType("AWS::IAM::Role")) {
      const { Statement } = Properties.AssumeRolePolicyDocument as {
        Statement: Array<{ Principal: { Service: string }; Condition?: object }>;
      };
      expect(Statement).toHaveLength(1);
      const [{ Principal, Condition } = { Principal: { Service: "" } }] = Statement;
      // Lambda is documented nowhere to say so: infra/trust.ts.
      if (Principal.Service === "lambda.amazonaws.com") expect([id, Condition]).toEqual([id, undefined]);
      else
        expect([id, Condition]).toEqual([
          id,
          {
            StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
            ArnLike: { "aws:SourceArn": expect.anything() },
          },
        ]);
    }
  });
});

describe("the topic", () => {
  it("takes messages of the function that looks at the record, and of alarms", () => {
    const { PolicyDocument } = Resources.TopicPolicy?.Properties ?? {};
    const { Statement } = PolicyDocument as { Statement: object[] };
    expect(Statement).toHaveLength(2);
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } }),
    );
    expect(Statement).toContainEqual({
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: { Ref: "Topic" },
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": { "Fn::GetAtt": ["TellPeopleRole", "Arn"] } },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    });
    expect(able("sns:Publish", { resource: "Topic" })).toEqual(["TellPeople"]);
  });
});

describe("the bus of announcements", () => {
  it("takes events of Keyturn's own machines, and of nobody else whatever his policies say", () => {
    const announcers = announcing.map(([, { Properties }]) => Properties.RoleArn);
    expect(announcers.length).toBeGreaterThan(3);
    expect(Resources.OnlyKeyturnAnnounces?.Properties).toEqual({
      EventBusName: { Ref: "Bus" },
      StatementId: "OnlyKeyturnAnnounces",
      Statement: {
        Effect: "Deny",
        Principal: "*",
        Action: "events:PutEvents",
        Resource: { "Fn::GetAtt": ["Bus", "Arn"] },
        Condition: { ArnNotEquals: { "aws:PrincipalArn": expect.toSatisfy(sameAs(announcers)) } },
      },
    });
  });

  it("is not where requests are heard", () => {
    const heard = ofType("AWS::Events::Rule").filter(([, { Properties }]) =>
      JSON.stringify(Properties.EventPattern).includes("Rotation Requested"),
    );
    // Of one secret, of many, and dry runs.
    expect(heard.map(([, { Properties }]) => Properties.EventBusName)).toEqual([
      { Ref: "Requests" },
      { Ref: "Requests" },
      { Ref: "Requests" },
    ]);
    const onRequests = ofType("AWS::Events::Rule").filter(
      ([, { Properties }]) => JSON.stringify(Properties.EventBusName) === JSON.stringify({ Ref: "Requests" }),
    );
    expect(onRequests).toEqual(heard);
  });
});

describe("a rule", () => {
  it.each(["ExecutionEndedRule", "ExecutionFailedRule", "RetirementCutOffRule", "OldCredentialLeftRule"])(
    "%s passes on which execution it is about, and nothing that an input or an event says",
    (id) => {
      const targets = (Resources[id]?.Properties.Targets ?? []) as Array<{
        InputTransformer: { InputPathsMap: Record<string, string> };
      }>;
      const passed = targets.flatMap(({ InputTransformer }) => Object.values(InputTransformer.InputPathsMap));
      expect(passed).toContain("$.detail.executionArn");
      expect(passed.filter((path) => !["$.detail.executionArn", "$.detail.secretArn"].includes(path))).toEqual([]);
    },
  );
});

describe("the archive", () => {
  it("keeps every announcement, encrypted, also where the stack is deleted", () => {
    expect(Resources.Archive).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: {
        SourceArn: { "Fn::GetAtt": ["Bus", "Arn"] },
        EventPattern: { source: ["keyturn"] },
        RetentionDays: 400,
        KmsKeyIdentifier: { "Fn::GetAtt": ["Key", "Arn"] },
      },
    });
  });

  it("gets the whole record of what is announced", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const [record] = await keyturn.records(secret);
    const announced = (await keyturn.cloud.events()).findLast(({ event }) => event.detail.secretArn === secret);
    expect(announced?.bus).toBe(keyturn.cloud.resource("Bus").ref);
    expect(announced?.event).toMatchObject({ source: "keyturn", detail: record });
  });
});

const sameAs = (wanted: readonly unknown[]) => (value: unknown) => {
  const texts = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify(texts(value as unknown[])) === JSON.stringify(texts(wanted));
};
