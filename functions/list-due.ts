import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { brakes } from "../src/aws/brakes.js";
import { executions } from "../src/aws/executions.js";
import { ledger } from "../src/aws/ledger.js";
import { fleetBegins } from "../src/events/fleet.js";
import { concurrencyOf } from "../src/fleet/concurrency.js";
import { listDue } from "../src/fleet/list-due.js";
import { listOverdue } from "../src/fleet/list-overdue.js";
import { isNamed, listNamed } from "../src/fleet/named.js";
import { OVERDUE } from "../src/fleet/overdue.js";
import type { Fleet, FleetPage } from "../src/fleet/page.js";
import { fleetFrom } from "../src/fleet/request.js";
import { listUnsettled, RECOVERY } from "../src/fleet/unsettled.js";
import { emit } from "../src/lambda/emit.js";
import { tableName } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { lists } from "../src/lambda/lists.js";
import { rules } from "../src/lambda/rules.js";
import { secrets } from "../src/lambda/secrets.js";
import { unrestFigures } from "../src/metrics/fleet.js";

const client = new SecretsManagerClient({});
const { own, all } = lists(client);
const store = secrets(client);
const table = new DynamoDBClient({});
const records = { ...ledger(table, tableName()), ...brakes(table, tableName()) };
const known = executions(new SFNClient({}));
const held = rules();

interface ListDueEvent {
  /** What the execution was started with, or the wave before handed on. */
  readonly fleet: unknown;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly executionArn?: string;
  /** ARNs of what can be started for each secret. */
  readonly machines: { readonly rotate: string; readonly check: string };
}

/** The state "List due secrets": one wave of what is to be started, and which machine for each. */
export const handler = wrap(
  async ({ fleet: input, startedAt, machines }: ListDueEvent) => {
    const fleet = fleetFrom(input, new Date(startedAt));
    const page = await waveOf(fleet);
    const machine = fleet.dryRun ? machines.check : machines.rotate;
    return { late: [], ...page, begins: fleetBegins(fleet, page), machine };
  },
  ({ fleet, startedAt, executionArn }) => ({ phase: "list-due", executionArn, ...named(fleet), startedAt }),
);

async function waveOf(fleet: Fleet): Promise<FleetPage> {
  if (fleet.schedule === OVERDUE) return listOverdue(fleet, all, records, new Date(fleet.scheduledAt), held);
  if (isNamed(fleet)) return listNamed(fleet, concurrencyOf(fleet), held);
  // Whoever asks for a selection has seen, or meant, secrets of this account; those of others are asked for by their ARNs.
  const list = fleet.asked ? own : all;
  if (fleet.schedule !== RECOVERY) return listDue(fleet, list, records, new Date(), held);
  const { items, unrest } = await listUnsettled(fleet, records, known, store, held);
  emit(unrestFigures(unrest));
  return { items, cursor: null, concurrency: 10, leftOut: {}, waiting: {} };
}

/** For the log. */
function named(fleet: unknown): Partial<Pick<Fleet, "schedule" | "scheduledAt">> {
  const { schedule, scheduledAt } = (fleet ?? {}) as Partial<Fleet>;
  return { ...(schedule ? { schedule } : {}), ...(scheduledAt ? { scheduledAt } : {}) };
}
