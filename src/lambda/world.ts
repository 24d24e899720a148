import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { executions } from "../aws/executions.js";
import { ledger } from "../aws/ledger.js";
import { secretStore } from "../aws/secret-store.js";
import { managedServers } from "../aws/servers/managed.js";
import { KeyturnError } from "../errors.js";
import type { Reach, World } from "../rotation/ports.js";
import type { GracePeriods } from "../rotation/retirement/plan.js";
import { databases } from "./databases.js";
import { rules } from "./rules.js";

/** What a phase reaches, made once for each Lambda environment. `KEYTURN_CA_FILE`: authorities to trust besides. */
export function reach(client = new SecretsManagerClient({})): Reach {
  return {
    secrets: secretStore(client),
    servers: managedServers(),
    databases: databases(process.env.KEYTURN_CA_FILE),
    rules: rules(),
  };
}

/** What the beginning and the end of a rotation reach; `KEYTURN_TABLE` names the DynamoDB table. */
export function world(): World & { readonly executions: ReturnType<typeof executions> } {
  return {
    ...reach(),
    ledger: ledger(new DynamoDBClient({}), tableName()),
    executions: executions(new SFNClient({})),
    clock: () => new Date(),
  };
}

/** Minutes until old credentials are retired, by schedule, as the deployment took them from keyturn.yml. */
export function gracePeriods(): GracePeriods {
  return JSON.parse(process.env.KEYTURN_RETIRE_AFTER_MINUTES ?? "{}") as GracePeriods;
}

export function tableName(): string {
  const name = process.env.KEYTURN_TABLE;
  if (name) return name;
  throw new KeyturnError("InternalError", {
    code: "NoTable",
    message: "The environment variable KEYTURN_TABLE is missing: deploy again.",
  });
}
