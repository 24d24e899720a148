import { ServiceError, type Surroundings } from "../service.js";
import type { Sns } from "../sns/service.js";
import type { Sqs } from "../sqs/service.js";
import type { Template } from "../template/template.js";
import type { Deliver } from "./deliverer.js";

/**
 * Brings a rule's or a schedule's input to its target: to a state machine as the role that it names, to a function if
 * the template has a permission that lets EventBridge in.
 */
export function deliverTo({
  queues,
  topics,
  template,
  surroundings: { call, invoke, roleCaller },
}: {
  queues: Sqs;
  topics: Sns;
  template: Template;
  surroundings: Surroundings;
}): Deliver {
  const letsEventsIn = (functionArn: string) =>
    template
      .ofType("AWS::Lambda::Permission")
      .some(
        ({ properties: { FunctionName, Principal } }) =>
          Principal === "events.amazonaws.com" &&
          [functionArn, functionArn.split(":").at(-1)].includes(String(FunctionName)),
      );

  const targets: Readonly<Record<string, Deliver>> = {
    async sqs({ targetArn, input }) {
      await queues.send(targetArn, input);
    },
    async sns({ targetArn, input }) {
      await topics.publish(targetArn, input);
    },
    async states({ targetArn, roleArn, input }) {
      if (!roleArn) throw new ServiceError("InvalidTarget", `The target ${targetArn} has no role.`);
      await call("states", "StartExecution", { stateMachineArn: targetArn, input }, roleCaller(roleArn, "events"));
    },
    async lambda({ targetArn, input }) {
      if (!letsEventsIn(targetArn))
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
