import { asynchronously } from "../functions/asynchronous.js";
import { encryptionContext } from "../gateway/keys.js";
import type { ResourcePolicies, Sender } from "../gateway/resource-policies.js";
import { type Caller, ServiceError, type Surroundings } from "../service.js";
import type { Sns } from "../sns/service.js";
import type { Sqs } from "../sqs/service.js";
import type { Template } from "../template/template.js";
import { find, type Workload } from "../workloads/workload.js";
import type { Deliver } from "./deliverer.js";

/**
 * Brings a rule's or a schedule's input to its target: to a state machine as the role that it names, to a function if
 * the template has a permission that lets the rule in, to a topic or a queue if their policies and their key's let
 * EventBridge in; an API destination as the role that the rule names, which is kept and sent nowhere. The Scheduler reaches its queue of dead letters as the schedule's role.
 */
export function deliverTo({
  topics,
  queues,
  policies,
  keyOf,
  lambdaFor,
  template,
  workloads,
  surroundings,
}: {
  topics: Sns;
  queues: Sqs;
  policies: ResourcePolicies;
  keyOf: (resourceArn: string) => string | undefined;
  lambdaFor: (functionArn: string) => Caller;
  template: Template;
  workloads: readonly Workload[];
  surroundings: Surroundings;
}): Deliver {
  const { call, roleCaller, authorize } = surroundings;
  const invoke = asynchronously(template, lambdaFor, surroundings);

  const letsEventsIn = (functionArn: string, { arn }: Sender) =>
    template
      .ofType("AWS::Lambda::Permission")
      .some(
        ({ properties: { FunctionName, Principal, SourceArn = arn } }) =>
          Principal === "events.amazonaws.com" &&
          SourceArn === arn &&
          [functionArn, functionArn.split(":").at(-1)].includes(String(FunctionName)),
      );

  /**
   * A topic's policy may not ask EventBridge for anything, a queue's for the rule; a key's is told nothing of either.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html#eb-rule-dlq
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
   */
  function letIn(sender: Sender, action: string, resource: string, conditions: Readonly<Record<string, string>>): void {
    policies.letIn(sender.service, { action, resource, conditions });
    const key = keyOf(resource);
    if (!key) return;
    for (const use of ["kms:GenerateDataKey", "kms:Decrypt"])
      policies.letIn(sender.service, { action: use, resource: key, conditions: {} });
  }

  /** As the Scheduler, which opens the schedule's input with its role, or as EventBridge. */
  function takeOn(roleArn: string, { service, arn, sourceArn, key }: Sender): Caller {
    const caller = roleCaller(roleArn, service.replace(/\..*$/, ""), { service, sourceArn });
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management-iam-permissions
    const conditions = encryptionContext({ "aws:scheduler:schedule:arn": arn });
    if (key) authorize(caller, [{ action: "kms:Decrypt", resource: key, conditions }]);
    return caller;
  }

  const targets: Readonly<Record<string, Deliver>> = {
    async sqs({ targetArn, roleArn, input, sender }) {
      if (sender.service === "scheduler.amazonaws.com" && roleArn) {
        const message = { QueueUrl: targetArn, MessageBody: input };
        await call("sqs", "SendMessage", message, takeOn(roleArn, sender));
        return;
      }
      letIn(sender, "sqs:SendMessage", targetArn, { "aws:SourceArn": sender.arn });
      await queues.send(targetArn, input);
    },
    async sns({ targetArn, input, sender }) {
      letIn(sender, "sns:Publish", targetArn, {});
      await topics.publish(targetArn, input);
    },
    async states({ targetArn, roleArn, input, sender }) {
      if (!roleArn) throw new ServiceError("InvalidTarget", `The target ${targetArn} has no role.`);
      await call("states", "StartExecution", { stateMachineArn: targetArn, input }, takeOn(roleArn, sender));
    },
    async events({ targetArn, roleArn, input, sender }) {
      if (!roleArn) throw new ServiceError("InvalidTarget", `The target ${targetArn} has no role.`);
      const touched = { action: "events:InvokeApiDestination", resource: targetArn, conditions: {} };
      authorize(takeOn(roleArn, sender), [touched]);
      find(workloads, targetArn, "ResourceNotFoundException").told.push(JSON.parse(input));
    },
    async lambda({ targetArn, input, sender }) {
      if (!letsEventsIn(targetArn, sender))
        throw new ServiceError("AccessDenied", `No permission of ${targetArn} lets events.amazonaws.com invoke it.`);
      await invoke(targetArn, JSON.parse(input));
    },
  };

  return async (delivery) => {
    const { targetArn } = delivery;
    const deliver = targets[targetArn.split(":")[2] ?? ""];
    if (!deliver) throw new ServiceError("InvalidTarget", `The embedded cloud does not deliver to ${targetArn}.`);
    await deliver(delivery);
  };
}
