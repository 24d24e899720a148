import { adminSecrets, ownKeys } from "../../aws/offered.js";
import { readSchedules } from "../../aws/overview/schedules.js";
import type { Offered, Option } from "../../storing/draft.js";
import type { Work } from "../command.js";
import { failureOf } from "../failure.js";

/**
 * What there is to choose from. Lists that whoever asks may not see are left out; without a deployment there is no schedule, and
 * that is said.
 */
export async function offeredBy(work: Work<unknown>): Promise<Offered> {
  const { deployment, options, host } = work;
  const secrets = await deployment.secrets();
  const region = await secrets.config.region();
  const [schedules, keys, admins] = await Promise.all([
    schedulesOf(work),
    orNone(async () => ownKeys(await deployment.keys())),
    orNone(() => adminSecrets(secrets, options.stage)),
  ]);
  host.interrupted.throwIfAborted();
  return { stage: options.stage, region, schedules, ...(keys ? { keys } : {}), ...(admins ? { admins } : {}) };
}

/** Names of the deployed schedules that rotate secrets; none, and that is said, where there is no deployment or no right to look. */
export async function schedulesOf({ deployment, options, host, progress }: Work<unknown>): Promise<readonly string[]> {
  try {
    const [scheduler, events, { BusName }] = await Promise.all([
      deployment.scheduler(),
      deployment.events(),
      deployment.outputs(),
    ]);
    const { byName } = await readSchedules({ scheduler, events }, { group: deployment.stackName, bus: BusName });
    return Object.values(byName)
      .filter(({ purpose }) => purpose === "rotates")
      .map(({ name }) => name);
  } catch (error) {
    const { code, message } = failureOf(error, host, options);
    if (code !== "NotDeployed" && code !== "NoPermission") throw error;
    progress(`No schedules can be offered: ${message}`);
    return [];
  }
}

async function orNone(list: () => Promise<readonly Option[]>): Promise<readonly Option[] | undefined> {
  try {
    return await list();
  } catch {
    return undefined;
  }
}
