import { type Condition, sub, type Trusted } from "./cloudformation.js";
import { machine, STACK } from "./names.js";

/** Only for the sake of resources of this account and, where their names are known beforehand, of this deployment. */
const forThe = (sources: unknown): Condition => ({
  StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
  ArnLike: { "aws:SourceArn": sources },
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy */
export const runs = (name: string): Trusted => ({ service: "states.amazonaws.com", condition: forThe(machine(name)) });

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
export const SCHEDULER: Trusted = {
  service: "scheduler.amazonaws.com",
  condition: forThe(sub(`arn:#{AWS::Partition}:scheduler:#{AWS::Region}:#{AWS::AccountId}:schedule-group/${STACK}`)),
};

/** The rules of this deployment: their names, or their buses', begin with the stack's. */
export const RULE_ARNS = [`${STACK}-*`, `${STACK}/*`].map((rule) =>
  sub(`arn:#{AWS::Partition}:events:#{AWS::Region}:#{AWS::AccountId}:rule/${rule}`),
);

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
export const RULES: Trusted = { service: "events.amazonaws.com", condition: forThe(RULE_ARNS) };

/**
 * Without a condition: that Lambda says for whose function it takes a role on is documented nowhere, and where it did
 * not, no function would start. No other account can have Lambda use the role all the same, as `iam:PassRole` reaches
 * roles of one's own account only. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const LAMBDA: Trusted = { service: "lambda.amazonaws.com" };
