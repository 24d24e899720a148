import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Cloud } from "../src/local/cloud.js";
import { type Rotation, stopwatch } from "./rotation.js";

/** Rotates through the state machine, until that has ended: what its announcement brings about takes its own time. */
export async function rotateThrough(
  cloud: Cloud,
  sfn: SFNClient,
  secretId: string,
): Promise<Rotation & { readonly states: number }> {
  const { ref } = cloud.resource("RotateSecret");
  const machine = ref.replace(":stateMachine:", ":execution:");
  const watch = stopwatch();
  let rotation: Rotation | undefined;
  let states = 0;
  const off = cloud.onHistory(({ executionArn, state, type }) => {
    if (!executionArn.startsWith(machine)) return;
    if (type === "StateEntered") states += 1;
    if (type === "StateEntered" && state === "Create secret") watch.note("create");
    if (type === "StateEntered" && state === "Set secret") watch.note("set");
    if (type === "TaskSucceeded" && state === "Finish secret") watch.note("finished");
    if (state === "Rotation ended") rotation ??= watch.stop();
  });
  await sfn.send(new StartExecutionCommand({ stateMachineArn: ref, input: JSON.stringify({ secretId }) }));
  await cloud.settled();
  off();
  if (!rotation) throw new Error(`The rotation of ${secretId} ended otherwise.`);
  return { ...rotation, states };
}
