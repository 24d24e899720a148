import { type Caller, type PolicyStatement, ServiceError, type Touched } from "../service.js";
import type { Resource, Template } from "../template/template.js";
import { checkStatements, isAllowed, isDenied } from "./iam.js";

/** A statement of a policy that stands at a resource: it says, too, who it is about. */
interface ResourceStatement extends PolicyStatement {
  readonly Principal: "*" | { readonly Service?: string | readonly string[]; readonly AWS?: unknown };
}

/** Who delivers: EventBridge for a rule, or the Scheduler for a schedule. */
export interface Sender {
  readonly service: "events.amazonaws.com" | "scheduler.amazonaws.com";
  /** The rule's or the schedule's ARN. */
  readonly arn: string;
}

export interface ResourcePolicies {
  /** Throws unless the resource's own policy lets the service do it, which nothing else can. */
  letIn(sender: Sender, touched: Touched): void;
  /** Throws where the resource's policy denies it to a role. The root, whom AWS would deny it too, may do everything. */
  check(caller: Caller, touched: readonly Touched[]): void;
  /** The key that what is put into a queue or topic is encrypted under. */
  keyOf(resourceArn: string): string | undefined;
}

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
  const keys = new Map(
    template.resources.map(({ ref, attributes, properties }) => [
      attributes.Arn ?? ref,
      properties.KmsMasterKeyId as string | undefined,
    ]),
  );

  const about = (resource: string, principal: (of: ResourceStatement["Principal"]) => boolean) =>
    (policies.get(resource) ?? []).filter(({ Principal }) => principal(Principal));

  return {
    keyOf: (arn) => keys.get(arn),
    letIn({ service }, touched) {
      const statements = about(
        touched.resource,
        (of) => of === "*" || [(of as { Service?: string | readonly string[] }).Service].flat().includes(service),
      );
      const conditions = { ...touched.conditions, "aws:PrincipalIsAWSService": "true" };
      if (isAllowed(statements, { ...touched, conditions })) return;
      throw new ServiceError(
        "AccessDenied",
        `${service} is not authorized to perform: ${touched.action} on resource: ${touched.resource} because no ` +
          "resource-based policy allows it",
      );
    },
    check(caller, touched) {
      if (!caller.statements) return;
      const who = { "aws:PrincipalArn": roleOf(caller.arn), "aws:PrincipalIsAWSService": "false" };
      const denied = touched.find((one) =>
        isDenied(
          about(one.resource, (of) => of === "*"),
          { ...one, conditions: { ...one.conditions, ...who } },
        ),
      );
      if (!denied) return;
      throw new ServiceError(
        "AccessDeniedException",
        `User: ${caller.arn} is not authorized to perform: ${denied.action} on resource: ${denied.resource} with an ` +
          "explicit deny in a resource-based policy",
      );
    },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn */
function roleOf(sessionArn: string): string {
  return sessionArn.replace(":sts:", ":iam:").replace(/:assumed-role\/([^/]+)\/.*$/, ":role/$1");
}
