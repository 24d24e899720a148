import type { Caller, Surroundings } from "../service.js";
import type { Machine } from "./machine.js";

/** A machine as its role. Throws where the role does not let Step Functions take it on for this machine. */
export function machineCaller(
  { arn, roleArn }: Machine,
  session: string,
  { roleCaller }: Pick<Surroundings, "roleCaller">,
): Caller {
  return roleCaller(roleArn, session, { service: "states.amazonaws.com", sourceArn: arn });
}

/**
 * Throws for a machine that AWS would not create: whose role Step Functions may not take on, or may not keep the rule with
 * that hears of the end of the executions that the machine waits for.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html#sync-async-iam-policies
 */
export function checkRole(machine: Machine, surroundings: Surroundings): void {
  const caller = machineCaller(machine, "CreateStateMachine", surroundings);
  if (!JSON.stringify(machine.definition).includes("states:startExecution.sync")) return;
  const { region, accountId, authorize } = surroundings;
  const resource = `arn:aws:events:${region}:${accountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
  const actions = ["events:PutRule", "events:PutTargets", "events:DescribeRule"];
  authorize(
    caller,
    actions.map((action) => ({ action, resource, conditions: {} })),
  );
}
