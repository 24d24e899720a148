import { describe, expect, it } from "vitest";
import { checkStatements, isAllowed } from "../../../src/local/gateway/iam.js";
import type { PolicyStatement } from "../../../src/local/service.js";

const allow = (
  Action: string | string[],
  Resource: string | string[],
  Condition?: PolicyStatement["Condition"],
): PolicyStatement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const touched = (conditions: Record<string, string> = {}) => ({
  action: "secretsmanager:GetSecretValue",
  resource: "arn:aws:secretsmanager:eu-central-1:1:secret:app/db-abc123",
  conditions,
});

describe("isAllowed", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
  it.each<[string, PolicyStatement[], Record<string, string>, boolean]>([
    ["nothing said", [], {}, false],
    ["the action by name", [allow("secretsmanager:GetSecretValue", "*")], {}, true],
    ["in another case", [allow("SecretsManager:getsecretvalue", "*")], {}, true],
    ["by a wildcard", [allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:1:secret:app/*")], {}, true],
    ["another resource", [allow("secretsmanager:*", "arn:aws:secretsmanager:*:1:secret:web/*")], {}, false],
    ["an explicit deny", [allow("*", "*"), { ...allow("secretsmanager:*", "*"), Effect: "Deny" }], {}, false],
    [
      "a tag that is there",
      [allow("*", "*", { StringLike: { "aws:ResourceTag/keyturn:schedule": "?*" } })],
      { "aws:ResourceTag/keyturn:schedule": "nightly" },
      true,
    ],
    [
      "a tag that is empty",
      [allow("*", "*", { StringLike: { "aws:ResourceTag/keyturn:schedule": "?*" } })],
      { "aws:ResourceTag/keyturn:schedule": "" },
      false,
    ],
    [
      "a tag that is not there",
      [allow("*", "*", { StringLike: { "aws:ResourceTag/keyturn:schedule": "?*" } })],
      {},
      false,
    ],
    [
      "an ARN, each segment for itself",
      [allow("*", "*", { ArnLike: { "aws:SourceArn": "arn:aws:states:*:1:stateMachine:*" } })],
      { "aws:SourceArn": "arn:aws:states:eu-central-1:1:stateMachine:rotate" },
      true,
    ],
    [
      "an ARN, with a wildcard over several segments",
      [allow("*", "*", { ArnLike: { "aws:SourceArn": "arn:aws:states:*:stateMachine:*" } })],
      { "aws:SourceArn": "arn:aws:states:eu-central-1:1:stateMachine:rotate" },
      false,
    ],
    ["Null", [allow("*", "*", { Null: { "aws:ResourceTag/x": "true" } })], {}, true],
  ])("%s", (_, statements, conditions, expected) => {
    expect(isAllowed(statements, touched(conditions))).toBe(expected);
  });
});

describe("checkStatements", () => {
  it("refuses by name what cannot be evaluated", () => {
    const { Action: _, ...rest } = allow("*", "*");
    expect(() => checkStatements([allow("*", "*", { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } })])).toThrow(
      "IpAddress",
    );
    expect(() => checkStatements([{ ...rest, NotAction: "iam:*" } as never])).toThrow("NotAction");
    for (const key of ["aws:SourceIp", "dynamodb:LeadingKeys", "kms:GrantOperations"])
      expect(() => checkStatements([allow("*", "*", { StringEquals: { [key]: "x" } })])).toThrow(key);
    expect(() =>
      checkStatements([allow("*", "*", { "ForAllValues:StringLike": { "aws:PrincipalArn": "x" } })]),
    ).toThrow("ForAllValues:StringLike");
    expect(() => checkStatements([allow("*", "*", { Null: { "aws:ResourceTag/x": "true" } })])).not.toThrow();
  });
});
