import { describe, expect, it } from "vitest";
import { resourcePolicies } from "../../../src/local/gateway/resource-policies.js";
import type { Resource, Template } from "../../../src/local/template/template.js";

const TOPIC = "arn:aws:sns:eu-central-1:1:people";
const RULE = "arn:aws:events:eu-central-1:1:rule/stack-rule";
const events = "events.amazonaws.com";

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

describe("a key that the template does not make", () => {
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  it("has the policy that keys have by default: its account decides", () => {
    const [statement, ...more] = topicWith().of("arn:aws:kms:eu-central-1:1:key/of-somebody");
    expect(statement).toMatchObject({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::1:root" }, Action: "kms:*" });
    expect(more).toEqual([]);
    expect(topicWith().of("arn:aws:sqs:eu-central-1:1:queue")).toEqual([]);
  });
});
