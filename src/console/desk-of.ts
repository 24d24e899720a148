import { adminSecrets, ownKeys } from "../aws/offered.js";
import { secretStatuses } from "../aws/overview/secrets.js";
import { timeline } from "../aws/overview/timeline.js";
import { wholeExecution } from "../aws/overview/whole-execution.js";
import { owner } from "../aws/owner.js";
import { storeSecret, validatePolicy } from "../aws/storing.js";
import type { Deployment } from "../cli/deployment.js";
import { failureOf } from "../cli/failure.js";
import type { CommonOptions, Host } from "../cli/host.js";
import { opened } from "../cli/looking/look.js";
import { asking } from "../cli/rotating/asked.js";
import { start } from "../cli/rotating/one.js";
import { logIn } from "../cli/storing/login.js";
import type { Lights } from "../overview/seen.js";
import type { Offered } from "../storing/draft.js";
import { requestsFor } from "../storing/requests.js";
import type { Desk, Why } from "./desk.js";
import { searchAudit } from "./reading/audit.js";
import { machineOf, seenOf } from "./reading/execution.js";
import { fleetReader } from "./reading/fleet.js";
import { readSecret } from "./reading/secret.js";
import { remembered } from "./remembered.js";

/** What is deployed changes seldom, and who asks for a page asks for many. */
const SCHEDULES_MS = 60_000;
const OFFERED_MS = 60_000;

/** The desk of a deployment, with the credentials of whoever runs the command. Fails where there is no deployment. */
export async function deskOf(host: Host, options: CommonOptions, deployment: Deployment): Promise<Desk> {
  const { stage } = deployment;
  const { clock } = host;
  const { reached, readDeployed } = await opened(deployment);
  const { secrets, dynamodb, states } = reached;
  const outputs = await deployment.outputs();
  const region = await secrets.config.region();
  const machines = {
    "rotate-secret": outputs.RotateSecretArn,
    "check-secret": outputs.CheckSecretArn,
    "retire-secret": outputs.RetireSecretArn,
    "rotate-fleet": outputs.RotateFleetArn,
  };
  const own = owner(secrets, states);

  const schedules = remembered(clock, SCHEDULES_MS, readDeployed);
  const lights = async (): Promise<Lights> => ({ ...(await schedules()), now: clock(), rules: { stage } });
  const list = fleetReader(async function* () {
    yield* secretStatuses(reached, await lights());
  }, clock);

  /** Starts an execution as the command does, with who asks; the list shows it when it is read again, at once. */
  async function startOf(machine: keyof typeof machines, input: object, reason: string): Promise<string> {
    const asked = await asking(deployment, reason ? { reason } : {});
    const execution = await start({ deployment }, machines[machine], { ...input, ...asked });
    list.reload();
    return execution;
  }

  const offered = remembered(clock, OFFERED_MS, async (): Promise<Offered> => {
    const { deployed } = await schedules();
    // Who may not list them types them.
    const [keys, admins] = await Promise.all([
      deployment
        .keys()
        .then(ownKeys)
        .catch(() => undefined),
      adminSecrets(secrets, stage).catch(() => undefined),
    ]);
    const names = Object.values(deployed.byName).flatMap(({ name, purpose }) => (purpose === "rotates" ? [name] : []));
    return { stage, region, schedules: names, ...(keys ? { keys } : {}), ...(admins ? { admins } : {}) };
  });

  return {
    stage,
    where: options.local ? `the embedded cloud, ${region}` : region,
    clock,
    explain: (error) => failureOf(error, host, options),
    ...list,
    secret: async (secretId, before) => readSecret(reached, await lights(), secretId, before),
    async execution(executionArn) {
      const machine = machineOf(executionArn, machines);
      if (!machine) return undefined;
      const whole = await wholeExecution(states, executionArn);
      return whole && seenOf(executionArn, machine, whole);
    },
    audit: async (search) => searchAudit((await list.fleet()).secrets, timeline(dynamodb, outputs.TableName), search),
    check: (secretId) => startOf("check-secret", { secretId }, ""),
    rotate: (secretId, why) => startOf("rotate-secret", { secretId, ...graceOf(why) }, why.reason),
    rotateMany: (ids, why) => startOf("rotate-fleet", { selection: { list: ids }, ...graceOf(why) }, why.reason),
    async pause(secretId) {
      await own.tag(secretId, { "keyturn:pause": "true" });
      list.reload();
    },
    async unpause(secretId) {
      await own.untag(secretId, ["keyturn:pause"]);
      list.reload();
    },
    offered,
    async tryLogin(draft) {
      await logIn(draft, deployment.caFile);
    },
    async store(draft, token) {
      const requests = requestsFor(draft, await offered(), token);
      await validatePolicy(secrets, requests);
      return storeSecret(secrets, requests);
    },
  };
}

function graceOf({ leaked }: Why): { retireAfterMinutes?: number } {
  return leaked ? { retireAfterMinutes: 0 } : {};
}
