import { type ResourceStatement, ServiceError, type Touched } from "../service.js";
import type { Resource, Template } from "../template/template.js";
import { checkStatements, isAllowed } from "./iam.js";

/** Who delivers: EventBridge for a rule, or the Scheduler for a schedule. */
export interface Sender {
  readonly service: "events.amazonaws.com" | "scheduler.amazonaws.com";
  /** The rule's or the schedule's ARN. */
  readonly arn: string;
  /** What the trust policy of a role is told: for a schedule its group's ARN. */
  readonly sourceArn: string;
  /** The key that a schedule's input is encrypted under. */
  readonly key?: string;
}

export interface ResourcePolicies {
  /** What stands at a resource. */
  of(resourceArn: string): readonly ResourceStatement[];
  /** Throws unless the resource's own policy lets the service do it, which nothing else can. */
  letIn(service: string, touched: Touched): void;
}

/** What a key has that the template does not make: its account decides. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const keyOfAccount = (arn: string): ResourceStatement => ({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${arn.split(":")[4]}:root` },
  Action: "kms:*",
  Resource: "*",
});

/** The policies of the template's queues, topics, buses and keys. */
export function resourcePolicies(template: Template): ResourcePolicies {
  const arns = new Map(
    template.resources.flatMap(({ ref, attributes }) => {
      const arn = attributes.Arn ?? attributes.TopicArn ?? ref;
      return [[ref, arn] as const, [arn, arn] as const];
    }),
  );
  const policies = new Map<string, ResourceStatement[]>();
  const stand = (at: unknown, statements: readonly ResourceStatement[]) => {
    checkStatements(statements);
    const arn = arns.get(String(at)) ?? String(at);
    policies.set(arn, [...(policies.get(arn) ?? []), ...statements]);
  };
  const documentOf = ({ properties }: Resource) =>
    (properties.PolicyDocument as { Statement: ResourceStatement[] }).Statement;

  for (const policy of template.ofType("AWS::SQS::QueuePolicy"))
    for (const queue of policy.properties.Queues as string[]) stand(queue, documentOf(policy));
  for (const policy of template.ofType("AWS::SNS::TopicPolicy"))
    for (const topic of policy.properties.Topics as string[]) stand(topic, documentOf(policy));
  for (const { properties } of template.ofType("AWS::Events::EventBusPolicy"))
    stand(properties.EventBusName, [properties.Statement as ResourceStatement]);
  for (const { attributes, properties } of template.ofType("AWS::KMS::Key"))
    stand(attributes.Arn, (properties.KeyPolicy as { Statement: ResourceStatement[] }).Statement);

  const of = (arn: string): readonly ResourceStatement[] =>
    policies.get(arn) ?? (arn.startsWith("arn:aws:kms:") ? [keyOfAccount(arn)] : []);
  return {
    of,
    letIn(service, touched) {
      const about = of(touched.resource).filter(
        ({ Principal }) => Principal === "*" || [Principal.Service].flat().includes(service),
      );
      const conditions = { ...touched.conditions, "aws:PrincipalIsAWSService": "true" };
      if (isAllowed(about, { ...touched, conditions })) return;
      throw new ServiceError(
        "AccessDenied",
        `${service} is not authorized to perform: ${touched.action} on resource: ${touched.resource} because no ` +
          "resource-based policy allows it",
      );
    },
  };
}
