import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ledger } from "../src/audit/ledger.js";
import { type Fleet, listDue } from "../src/fleet/fleet.js";
import { listSecrets } from "../src/fleet/list-secrets.js";
import { handler as wrap } from "../src/handler.js";
import { tableName } from "../src/world.js";

const list = listSecrets(new SecretsManagerClient({}));
const records = ledger(new DynamoDBClient({}), tableName());

/** The state "List due secrets": one page of the secrets of the schedule that are due. */
export const handler = wrap(
  ({ fleet }: { fleet: Fleet }) => listDue(fleet, list, records, new Date()),
  ({ fleet }) => ({ phase: "list-due", schedule: fleet.schedule, scheduledAt: fleet.scheduledAt }),
);
