import { readSchedules } from "../../aws/overview/schedules.js";
import type { Reached } from "../../aws/overview/secrets.js";
import { clockOf } from "../../overview/schedules.js";
import type { Lights } from "../../overview/seen.js";
import type { Work } from "../command.js";

/** What secrets are looked at with: the clients, and the light of what is deployed and of the hour. */
export async function look({ deployment, host }: Pick<Work<unknown>, "deployment" | "host">): Promise<{
  readonly reached: Reached;
  readonly lights: Lights;
}> {
  const [secrets, dynamodb, states, scheduler, events, outputs] = await Promise.all([
    deployment.secrets(),
    deployment.dynamodb(),
    deployment.states(),
    deployment.scheduler(),
    deployment.events(),
    deployment.outputs(),
  ]);
  const home = { group: deployment.stackName, bus: outputs.BusName };
  const deployed = await readSchedules({ scheduler, events }, home);
  return {
    reached: { secrets, dynamodb, states, table: outputs.TableName },
    lights: { deployed, clock: clockOf(deployed), now: host.clock(), rules: { stage: deployment.stage } },
  };
}
