import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { KeyturnError } from "../../errors.js";
import type { DryRun } from "../../rotation/dry-run/sum-up.js";
import { isRunning } from "../../rotation/ended.js";
import { executions } from "../executions.js";

export interface DryRunRequest {
  /** Of `check-secret`. */
  readonly machine: string;
  /** Name or ARN. */
  readonly secretId: string;
  /** What it is part of: people are not told of it by mail, because somebody looks at it. */
  readonly run: string;
  /** Milliseconds between two looks, at first and at most. */
  readonly every?: readonly [first: number, most: number];
  readonly signal?: AbortSignal;
}

/** Runs a rotation dry, and waits for what it finds; who stops to wait stops nothing in the cloud. Throws `NotChecked` where it came to no end. */
export async function dryRun(
  client: SFNClient,
  { machine, secretId, run, every: [first, most] = [300, 2_000], signal }: DryRunRequest,
): Promise<DryRun & { readonly executionArn: string }> {
  const { executionArn = "" } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: machine,
      name: randomUUID(),
      input: JSON.stringify({ secretId, run }),
    }),
  );
  const { lookUp } = executions(client);
  for (let wait = first; ; wait = Math.min(wait * 1.3, most)) {
    await setTimeout(wait, undefined, signal ? { signal } : {});
    const found = await lookUp(executionArn);
    if (isRunning(found)) continue;
    if (found?.output) return { ...(JSON.parse(found.output) as DryRun), executionArn };
    throw new KeyturnError("InternalError", {
      code: "NotChecked",
      message: `The dry run came to no end. Look at the execution ${executionArn}.`,
    });
  }
}
