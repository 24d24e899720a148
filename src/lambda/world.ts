import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { brakes } from "../aws/brakes.js";
import { executions } from "../aws/executions.js";
import { ledger } from "../aws/ledger.js";
import type { World } from "../rotation/ports.js";
import { tableName } from "./environment.js";
import { reach } from "./reach.js";

/** What the beginning and the end of a rotation reach; `KEYTURN_TABLE` names the DynamoDB table. */
export function world(): World & { readonly executions: ReturnType<typeof executions> } {
  const client = new DynamoDBClient({});
  return {
    ...reach(),
    ledger: ledger(client, tableName()),
    brakes: brakes(client, tableName()),
    executions: executions(new SFNClient({})),
    clock: () => new Date(),
    sleep,
  };
}
