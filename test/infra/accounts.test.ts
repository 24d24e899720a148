import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sub } from "../../infra/cloudformation.js";
import { accountTemplate, roleResources } from "../../infra/roles.js";
import { rulesFrom, rulesInTemplate } from "../../infra/rules.js";
import { parseSettings } from "../../infra/settings.js";
import { UNBOUND_ACTIONS } from "../../stage/permissions/exceptions.js";
import { rolesAmong } from "../../stage/permissions/roles.js";
import { unlikeReference } from "./checks/iam.js";

const schema = readFileSync("keyturn.schema.json", "utf8");
const settingsWith = (accounts: string) => parseSettings(`accounts: ${accounts}`, schema);
const HERE = { account: "123456789012", stage: "dev" };

const there = accountTemplate(HERE);
const roles = rolesAmong(there.Resources);
const deployed = roleResources(settingsWith('["111122223333", "444455556666"]'), "dev");

describe("the setting", () => {
  it.each([
    [
      "without quotes, which loses a zero in front",
      "[011122223333]",
      'accounts.0: an account is twelve digits in quotes, as in "111122223333"',
    ],
    [
      "with another number of digits",
      '["11112222333"]',
      'accounts.0: an account is twelve digits in quotes, as in "111122223333"',
    ],
    ["as an ARN", '["arn:aws:iam::111122223333:root"]', "accounts.0: an account is twelve digits"],
    ["twice", '["111122223333", "444455556666", "111122223333"]', "accounts.2: 111122223333 is there before"],
  ])("takes no account %s", (_, yaml, sentence) => expect(() => settingsWith(yaml)).toThrow(sentence));

  it("is none where it is not said; the deployment's own is known all the same", () => {
    const none = parseSettings("", schema);
    expect(none.accounts).toEqual([]);
    expect(JSON.parse(rulesFrom(none, "dev")).accounts.others).toEqual([]);
  });

  it("has CloudFormation put in nothing that somebody else has written", () => {
    const admins = [{ secret: "arn:x", for: [sub("#{AWS::StackId}")["Fn::Sub"]] }];
    const settings = { ...parseSettings("", schema), admins } as unknown as Parameters<typeof rulesInTemplate>[0];
    const { "Fn::Sub": text } = rulesInTemplate(settings, "dev") as { "Fn::Sub": string };
    expect(text).toContain(sub("#{!AWS::StackId}")["Fn::Sub"]);
  });

  it("has CloudFormation say which account is the deployment's own", () => {
    const { "Fn::Sub": text } = rulesInTemplate(settingsWith('["111122223333"]'), "dev") as { "Fn::Sub": string };
    expect(JSON.parse(text).accounts).toEqual({
      partition: sub("#{AWS::Partition}")["Fn::Sub"],
      own: sub("#{AWS::AccountId}")["Fn::Sub"],
      others: ["111122223333"],
    });
  });
});

describe("the roles in another account", () => {
  const names = Object.keys(there.Resources);

  it("are those of the functions that touch secrets there", () => {
    expect(names).toEqual([
      "PlanRole",
      "CreateSecretRole",
      "WaitForReplicasRole",
      "SetSecretRole",
      "TestSecretRole",
      "FinishSecretRole",
      "RollBackRole",
      "RecordRole",
      "PlanRetirementRole",
      "BeginRetirementRole",
      "RetireCredentialRole",
      "ListDueRole",
    ]);
  });

  it.each(names)(
    "%s: have what the deployed one may do to secrets, with their keys and of their admins' servers, and nothing else",
    (name) => {
      const own = rolesAmong(deployed)[name] ?? [];
      const onSecrets = own.filter(({ Action }) => /secretsmanager:|kms:|rds:|redshift/.test(JSON.stringify(Action)));
      const notTheTable = onSecrets.filter((statement) => !JSON.stringify(statement).includes("dynamodb"));
      expect(roles[name]).toEqual(notTheTable);
    },
  );

  it.each(names)("%s: let in the deployed role of the same function, and nobody else", (name) => {
    const { RoleName, AssumeRolePolicyDocument } = (there.Resources[name] as (typeof there.Resources)[string])
      .Properties;
    const own = (deployed[name] as (typeof deployed)[string]).Properties.RoleName as { "Fn::Sub": string };
    const called = own["Fn::Sub"].replace(/^\$\{AWS::StackName\}/, "keyturn-dev");
    expect(RoleName).toEqual({ "Fn::Sub": called });
    expect(AssumeRolePolicyDocument).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: sub("arn:#{AWS::Partition}:iam::123456789012:root") },
          Action: "sts:AssumeRole",
          Condition: {
            ArnEquals: { "aws:PrincipalArn": { "Fn::Sub": `arn:\${AWS::Partition}:iam::123456789012:role/${called}` } },
          },
        },
      ],
    });
  });

  it("are what the service authorization reference knows, and name their resources", async () => {
    expect(await unlikeReference(there)).toEqual([]);
    const unbound = Object.values(roles)
      .flat()
      .filter(({ Resource }) => Resource === "*");
    const excepted = UNBOUND_ACTIONS.flatMap(({ actions }) => actions);
    expect(excepted).toEqual(expect.arrayContaining(unbound.flatMap(({ Action }) => Action)));
  });

  it("fit into a template that is handed on as it is", () => {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    expect(JSON.stringify(there, null, 2).length).toBeLessThan(51_200);
  });

  it("have names that IAM takes, or the stage is refused", () => {
    for (const [stage, right] of [
      ["a-stage-of-23-character", true],
      ["a-stage-of-24-characters", false],
    ] as const) {
      const make = () => accountTemplate({ ...HERE, stage });
      if (right) expect(make).not.toThrow();
      else expect(make).toThrow("a stage of 23 letters is the longest");
      const own = () => roleResources(settingsWith('["111122223333"]'), stage);
      if (right) expect(own).not.toThrow();
      else expect(own).toThrow("longer than IAM takes");
    }
  });
});

describe("the deployed roles", () => {
  it("may take on the roles of their own functions in the accounts that are named, and no other", () => {
    const assuming = Object.entries(rolesAmong(deployed)).flatMap(([name, statements]) =>
      statements
        .filter(({ Action }) => JSON.stringify(Action).includes("sts:"))
        .map((statement) => ({ name, statement })),
    );
    expect(assuming.map(({ name }) => name)).toEqual(Object.keys(there.Resources));
    for (const { name, statement } of assuming) {
      const own = (deployed[name] as (typeof deployed)[string]).Properties.RoleName as { "Fn::Sub": string };
      expect(statement).toEqual({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: ["111122223333", "444455556666"].map((account) => ({
          "Fn::Sub": `arn:\${AWS::Partition}:iam::${account}:role/${own["Fn::Sub"]}`,
        })),
      });
    }
  });

  it("are as they were where no account is named", () => {
    const text = JSON.stringify(roleResources(parseSettings("", schema), "dev"));
    expect(text).not.toMatch(/RoleName|"sts:AssumeRole","Resource"/);
  });
});
