import { readSchedules } from "../../aws/overview/schedules.js";
import type { Reached } from "../../aws/overview/secrets.js";
import { clockOf } from "../../overview/schedules.js";
import type { Lights } from "../../overview/seen.js";
import type { Work } from "../command.js";
import type { Deployment } from "../deployment.js";

/** The clients that secrets are looked at with, and how to find out what is deployed. Fails where there is no deployment. */
export async function opened(deployment: Deployment): Promise<{
  readonly reached: Reached;
  readonly readDeployed: () => Promise<Pick<Lights, "deployed" | "clock">>;
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
  return {
    reached: { secrets, dynamodb, states, table: outputs.TableName },
    async readDeployed() {
      const deployed = await readSchedules({ scheduler, events }, home);
      return { deployed, clock: clockOf(deployed) };
    },
  };
}

/** What secrets are looked at with: the clients, and the light of what is deployed and of the hour. */
export async function look({ deployment, host }: Pick<Work<unknown>, "deployment" | "host">): Promise<{
  readonly reached: Reached;
  readonly lights: Lights;
}> {
  const { reached, readDeployed } = await opened(deployment);
  return {
    reached,
    lights: { ...(await readDeployed()), now: host.clock(), rules: { stage: deployment.stage } },
  };
}
