import { describe, expect, it } from "vitest";
import { resourcePolicies } from "../../../src/local/gateway/resource-policies.js";
import type { PolicyStatement } from "../../../src/local/service.js";
import type { Resource, Template } from "../../../src/local/template/template.js";

const TOPIC = "arn:aws:sns:eu-central-1:1:people";
const RULE = "arn:aws:events:eu-central-1:1:rule/stack-rule";
const events = { service: "events.amazonaws.com", arn: RULE } as const;

function topicWith(...statements: object[]) {
  const resources: Resource[] = [
    { logicalId: "Topic", type: "AWS::SNS::Topic", ref: TOPIC, attributes: { TopicArn: TOPIC }, properties: {} },
    {
      logicalId: "TopicPolicy",
      type: "AWS::SNS::TopicPolicy",
      ref: "policy",
      attributes: {},
      properties: { Topics: [TOPIC], PolicyDocument: { Statement: statements } },
    },
  ];
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return resourcePolicies({ resources, ofType } as unknown as Template);
}

const publish = (conditions: Readonly<Record<string, string>> = {}) => ({
  action: "sns:Publish",
  resource: TOPIC,
  conditions,
});
const forEvents = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sns:Publish",
  Resource: TOPIC,
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
describe("a service", () => {
  it("is let in by the resource's own policy only, under its condition", () => {
    const sourceArn = { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:*:1:rule/stack-*" } } };
    const letIn = (statements: object[], conditions = {}) =>
      topicWith(...statements).letIn(events, publish(conditions));
    expect(() => letIn([forEvents])).not.toThrow();
    expect(() => letIn([{ ...forEvents, ...sourceArn }], { "aws:SourceArn": RULE })).not.toThrow();
    expect(() => letIn([{ ...forEvents, ...sourceArn }])).toThrow("no resource-based policy allows it");
    expect(() => letIn([])).toThrow("events.amazonaws.com is not authorized to perform: sns:Publish");
    expect(() => letIn([{ ...forEvents, Principal: { Service: "s3.amazonaws.com" } }])).toThrow("not authorized");
  });
});

describe("a role", () => {
  const allowed: PolicyStatement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const as = (role: string) => ({ arn: `arn:aws:sts::1:assumed-role/${role}/session`, statements: allowed });
  const { check } = topicWith({
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: TOPIC,
    Condition: {
      ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::1:role/teller" },
      Bool: { "aws:PrincipalIsAWSService": "false" },
    },
  });

  it("that a resource's policy denies may not, whatever its own says", () => {
    expect(() => check(as("teller"), [publish()])).not.toThrow();
    expect(() => check(as("other"), [publish()])).toThrow("explicit deny in a resource-based policy");
    expect(() => check(as("other"), [{ ...publish(), action: "sns:ListTopics" }])).not.toThrow();
  });
});
