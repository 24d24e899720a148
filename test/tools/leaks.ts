import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SFNClient,
} from "@aws-sdk/client-sfn";
import type { Cloud } from "../../src/local/cloud.js";

/** Every place where a password that any secret of the cloud has ever held can be read in clear. */
export async function leaks(cloud: Cloud, folder: string): Promise<string[]> {
  const forms = [...(await everyPassword(cloud))].flatMap(formsOf);
  const found: string[] = [];
  for await (const [place, text] of everythingWritten(cloud, folder))
    if (forms.some((form) => text.includes(form))) found.push(place);
  return found;
}

/** As it is, in a URL, in base64, and in JSON that stands in JSON. */
function formsOf(password: string): string[] {
  const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
  const plain = [password, encodeURIComponent(password), Buffer.from(password).toString("base64")];
  const once = escaped(password);
  return [...new Set([...plain, once, escaped(once), escaped(escaped(once))])];
}

async function everyPassword({ clientConfig, accounts }: Cloud): Promise<Set<string>> {
  const all = await Promise.all([clientConfig, ...accounts.values()].map(passwordsIn));
  return new Set(all.flatMap((passwords) => [...passwords]));
}

async function passwordsIn(clientConfig: Cloud["clientConfig"]): Promise<Set<string>> {
  const client = new SecretsManagerClient(clientConfig);
  const passwords = new Set<string>();
  for await (const { SecretList = [] } of paginateListSecrets({ client }, { IncludePlannedDeletion: false })) {
    for (const { ARN } of SecretList) {
      const { Versions = [] } = await client.send(
        new ListSecretVersionIdsCommand({ SecretId: ARN, IncludeDeprecated: true }),
      );
      for (const { VersionId } of Versions) {
        const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: ARN, VersionId }));
        const [, password = ""] = /"password":"((?:[^"\\]|\\.)*)"/.exec(SecretString) ?? [];
        // Short ones are words that stand in the tests themselves.
        if (password.length >= 12) passwords.add(JSON.parse(`"${password}"`));
      }
    }
  }
  return passwords;
}

async function* everythingWritten(cloud: Cloud, folder: string): AsyncGenerator<[string, string]> {
  const sfn = new SFNClient(cloud.clientConfig);
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  for (const { stateMachineArn } of stateMachines) {
    for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
      for (const { executionArn } of executions) {
        for await (const { events } of paginateGetExecutionHistory({ client: sfn, pageSize: 1000 }, { executionArn }))
          yield [`history of ${executionArn}`, JSON.stringify(events)];
      }
    }
  }
  for (const { event } of await cloud.events()) yield [`event ${event.id}`, JSON.stringify(event)];
  for (const message of await cloud.messages()) yield ["message", JSON.stringify(message)];
  const client = new DynamoDBClient(cloud.clientConfig);
  for await (const { Items } of paginateScan({ client }, { TableName: cloud.resource("Table").ref }))
    yield ["audit records", JSON.stringify(Items)];
  for (const log of readdirSync(join(folder, "logs")))
    yield [`log ${log}`, readFileSync(join(folder, "logs", log), "utf8")];
  yield ["calls", JSON.stringify(cloud.calls())];
}
