import { createHash, randomUUID } from "node:crypto";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Starts } from "../rotation/native/steps.js";
import { fromAws } from "./errors.js";

/** ARNs of what is started. */
export interface Machines {
  readonly rotateSecret: string;
  readonly checkSecret: string;
}

/**
 * Starts executions. One for a token is given again while it runs, by its name and input: so an invocation that Lambda
 * repeats begins no second. Where the name is taken, by one that has ended or by somebody who knew the token, any other does.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function starts(client: SFNClient, machines: Machines): Starts {
  async function start(stateMachineArn: string, input: object, name: string): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    const { executionArn = "" } = await client.send(command);
    return executionArn;
  }

  return {
    async rotation(input, token) {
      const name = `native-${createHash("sha256")
        .update(`${JSON.stringify(input)} ${token}`)
        .digest("hex")
        .slice(0, 40)}`;
      return start(machines.rotateSecret, input, name).catch((error: unknown) => {
        if ((error as Error).name !== "ExecutionAlreadyExists") throw fromAws(error, "Starting the rotation");
        return started(() => start(machines.rotateSecret, input, randomUUID()), "Starting the rotation");
      });
    },
    check: (input) => started(() => start(machines.checkSecret, input, randomUUID()), "Starting the dry run"),
  };
}

async function started(call: () => Promise<string>, doing: string): Promise<string> {
  try {
    return await call();
  } catch (error) {
    throw fromAws(error, doing);
  }
}
