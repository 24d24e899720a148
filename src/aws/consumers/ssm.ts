import {
  type CommandInvocationStatus,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { Progress, Target } from "../../rotation/consumers.js";
import type { Way } from "./way.js";

type Command = Extract<Target, { kind: "ssm" }>;

/** A command of a document, without parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
export const ssm: Way<Command> = {
  async start({ document, instances }) {
    const { Command } = await client().send(
      new SendCommandCommand({
        DocumentName: documentName(document, instances),
        InstanceIds: instances.map(idOf),
        Comment: "Keyturn: take up the new credential",
      }),
    );
    return Command?.CommandId ?? "unknown";
  },

  async look({ instances }, { handle }) {
    const statuses = await Promise.all(
      instances.map(idOf).map(async (id) => [id, await statusOf(handle, id)] as const),
    );
    return progressOf(statuses);
  },

  errors: {
    InvalidDocument: ["ConflictError", "ConsumerGone", "There is no such document, or it is not active."],
    InvalidInstanceId: [
      "ConflictError",
      "ConsumerGone",
      "An instance is not there, or Systems Manager does not manage it.",
    ],
    InvalidParameters: [
      "UnsupportedError",
      "DocumentRefused",
      "The document wants parameters. Name one that wants none.",
    ],
    InternalServerError: [
      "TransientError",
      "ServiceFault",
      "Systems Manager had a fault. It is tried again by itself.",
    ],
  },
};

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const UNDER_WAY: readonly CommandInvocationStatus[] = ["Pending", "InProgress", "Delayed", "Cancelling"];

export function progressOf(
  statuses: ReadonlyArray<readonly [instance: string, status: CommandInvocationStatus]>,
): Progress {
  if (statuses.some(([, status]) => UNDER_WAY.includes(status))) return "under way";
  const failed = statuses.filter(([, status]) => status !== "Success");
  if (failed.length === 0) return "done";
  const said = failed.map(([instance, status]) => `${instance} (${status})`).join(", ");
  return { failed: `The command did not end well on ${said}. What it printed is in Systems Manager.` };
}

async function statusOf(CommandId: string, InstanceId: string): Promise<CommandInvocationStatus> {
  try {
    const { Status } = await client().send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
    return Status ?? "Pending";
  } catch (error) {
    // It is known a moment after it was sent.
    if ((error as Error).name === "InvocationDoesNotExist") return "Pending";
    throw error;
  }
}

/** A document of another account is named by its ARN, one's own and AWS's by their names. */
function documentName(arn: string, instances: readonly string[]): string {
  const account = arn.split(":")[4];
  const isOwn = account === "" || account === instances[0]?.split(":")[4];
  return isOwn ? arn.slice(arn.indexOf(":document/") + ":document/".length) : arn;
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

let made: SSMClient | undefined;
function client(): SSMClient {
  made ??= new SSMClient({});
  return made;
}
