// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's, not JavaScript's
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { substituted } from "../../../src/local/template/substitutions.js";
import { loadTemplate } from "../../../src/local/template/template.js";

const place = { region: "eu-central-1", accountId: "1", stackName: "stack" };

function load(resources: object, conditions: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-template-"));
  const file = join(folder, "template.json");
  try {
    writeFileSync(file, JSON.stringify({ Resources: resources, Conditions: conditions }));
    return loadTemplate(file, place);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const topic = (DisplayName: unknown) =>
  load(
    { Queue: { Type: "AWS::SQS::Queue" }, Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName } } },
    {
      Yes: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-central-1"] },
      No: { "Fn::Not": [{ Condition: "Yes" }] },
    },
  ).resource("Topic").properties.DisplayName;

describe("loadTemplate", () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
  it.each<[string, unknown, unknown]>([
    ["Ref", { Ref: "AWS::StackName" }, "stack"],
    ["Ref to a resource", { Ref: "Queue" }, "https://sqs.eu-central-1.amazonaws.com/1/stack-Queue"],
    ["Fn::GetAtt", { "Fn::GetAtt": ["Queue", "Arn"] }, "arn:aws:sqs:eu-central-1:1:stack-Queue"],
    ["Fn::GetAtt in short", { "Fn::GetAtt": "Queue.QueueName" }, "stack-Queue"],
    [
      "Fn::Sub",
      { "Fn::Sub": "${AWS::Partition}:${Queue.Arn}:${!Literal}" },
      "aws:arn:aws:sqs:eu-central-1:1:stack-Queue:${Literal}",
    ],
    [
      "Fn::Sub with variables",
      { "Fn::Sub": ["${a}-${AWS::AccountId}", { a: { Ref: "AWS::Region" } }] },
      "eu-central-1-1",
    ],
    ["Fn::Join", { "Fn::Join": ["/", ["a", { Ref: "AWS::Region" }]] }, "a/eu-central-1"],
    ["Fn::Select and Fn::Split", { "Fn::Select": [1, { "Fn::Split": [",", "a,b"] }] }, "b"],
    ["Fn::If", { "Fn::If": ["No", "a", "b"] }, "b"],
    ["AWS::NoValue", { "Fn::If": ["Yes", { Ref: "AWS::NoValue" }, "b"] }, undefined],
  ])("%s", (_, value, expected) => {
    expect(topic(value)).toEqual(expected);
  });

  it.each([
    ["a type", { A: { Type: "AWS::EC2::Instance" } }, "AWS::EC2::Instance"],
    [
      "a function",
      { A: { Type: "AWS::SNS::Topic", Properties: { DisplayName: { "Fn::ImportValue": "x" } } } },
      "Fn::ImportValue",
    ],
    ["a condition", { A: { Type: "AWS::SNS::Topic", Condition: "Missing" } }, "Missing"],
    ["a resource", { A: { Type: "AWS::SNS::Topic", Properties: { DisplayName: { Ref: "Missing" } } } }, "Missing"],
  ])("refuses %s that it does not know by name", (_, resources, named) => {
    expect(() => load(resources)).toThrow(named);
  });
});

describe("substituted", () => {
  it("keeps what is in quotes a string, and refuses what AWS refuses", () => {
    expect(substituted('{"a": "${A}", "b": "${B}"}', { A: 'quo"te', B: 7 })).toBe('{"a": "quo\\"te", "b": "7"}');
    expect(() => substituted("${A}", { A: ["list"] })).toThrow("A must be a string");
  });
});
