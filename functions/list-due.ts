import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { brakes } from "../src/aws/brakes.js";
import { executions } from "../src/aws/executions.js";
import { ledger } from "../src/aws/ledger.js";
import { listSecrets } from "../src/aws/list-secrets.js";
import { secretStore } from "../src/aws/secret-store.js";
import { fleetBegins } from "../src/events/fleet.js";
import { listDue } from "../src/fleet/list-due.js";
import type { Fleet, FleetPage } from "../src/fleet/page.js";
import { listUnsettled, RECOVERY } from "../src/fleet/unsettled.js";
import { tableName } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { rules } from "../src/lambda/rules.js";

const client = new SecretsManagerClient({});
const list = listSecrets(client);
const secrets = secretStore(client);
const table = new DynamoDBClient({});
const records = { ...ledger(table, tableName()), ...brakes(table, tableName()) };
const known = executions(new SFNClient({}));
const held = rules();

interface ListDueEvent {
  readonly fleet: Fleet;
  /** ARNs of what can be started for each secret. */
  readonly machines: { readonly rotate: string; readonly check: string };
}

/** The state "List due secrets": one wave of what is to be started, and which machine for each. */
export const handler = wrap(
  async ({ fleet, machines }: ListDueEvent) => {
    const page = await waveOf(fleet);
    return { ...page, begins: fleetBegins(fleet, page), machine: fleet.dryRun ? machines.check : machines.rotate };
  },
  ({ fleet }) => ({ phase: "list-due", schedule: fleet.schedule, scheduledAt: fleet.scheduledAt }),
);

async function waveOf(fleet: Fleet): Promise<FleetPage> {
  if (fleet.schedule !== RECOVERY) return listDue(fleet, list, records, new Date(), held);
  const items = await listUnsettled(fleet, records, known, secrets, held);
  return { items, cursor: null, concurrency: 10, leftOut: {}, waiting: {} };
}
