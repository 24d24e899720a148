import { randomUUID } from "node:crypto";
import { type Service, ServiceError, type Surroundings } from "../service.js";
import { find, handling, type Input, only, type Workload } from "../workloads/workload.js";

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const STATUS = { done: "Success", failed: "Failed", "rolled back": "Failed", "under way": "InProgress" } as const;

/**
 * As much of Systems Manager as it takes to run a command and to look at it; as strict as ECS.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
 */
export function ssm({ region, accountId }: Surroundings, workloads: readonly Workload[]): Service {
  const commands = new Map<string, readonly string[]>();
  const arnOf = (id: unknown) =>
    String(id).startsWith("mi-")
      ? `arn:aws:ssm:${region}:${accountId}:managed-instance/${String(id)}`
      : `arn:aws:ec2:${region}:${accountId}:instance/${String(id)}`;
  const documentOf = (name: unknown) =>
    String(name).startsWith("arn:") ? String(name) : `arn:aws:ssm:${region}:${accountId}:document/${String(name)}`;

  const operations: Readonly<Record<string, (input: Input) => Input>> = {
    SendCommand(input) {
      only(input, ["DocumentName", "InstanceIds", "Comment"]);
      const ids = input.InstanceIds as string[];
      for (const id of ids) find(workloads, arnOf(id), "InvalidInstanceId").told.push(input);
      const CommandId = randomUUID();
      commands.set(CommandId, ids);
      return {
        Command: {
          CommandId,
          DocumentName: input.DocumentName,
          InstanceIds: ids,
          Status: "Pending",
          Comment: input.Comment,
        },
      };
    },
    GetCommandInvocation(input) {
      only(input, ["CommandId", "InstanceId"]);
      const { CommandId, InstanceId } = input as Readonly<Record<string, string>>;
      if (!commands.get(CommandId ?? "")?.includes(InstanceId ?? ""))
        throw new ServiceError("InvocationDoesNotExist", "");
      const { becomes = "done" } = find(workloads, arnOf(InstanceId), "InvalidInstanceId");
      return { CommandId, InstanceId, Status: STATUS[becomes], StandardOutputContent: "" };
    },
  };
  return {
    name: "ssm",
    async touches({ operation, input }) {
      const action = `ssm:${operation}`;
      // GetCommandInvocation knows no resource.
      if (operation !== "SendCommand") return [{ action, resource: "*", conditions: {} }];
      const resources = [documentOf(input.DocumentName), ...[input.InstanceIds ?? []].flat().map(arnOf)];
      return resources.map((resource) => ({ action, resource, conditions: {} }));
    },
    handle: handling("ssm", operations),
  };
}
