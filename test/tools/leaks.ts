import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetExecutionHistoryCommand, paginateListExecutions, SFNClient } from "@aws-sdk/client-sfn";
import type { Cloud } from "../../src/local/cloud.js";

/** Every place where a password that any secret of the cloud has ever held can be read in clear. */
export async function leaks(cloud: Cloud, folder: string): Promise<string[]> {
  const passwords = await everyPassword(cloud);
  const found: string[] = [];
  for await (const [place, text] of everythingWritten(cloud, folder)) {
    for (const password of passwords) {
      if (
        [password, encodeURIComponent(password), Buffer.from(password).toString("base64")].some((form) =>
          text.includes(form),
        )
      )
        found.push(place);
    }
  }
  return found;
}

async function everyPassword(cloud: Cloud): Promise<Set<string>> {
  const client = new SecretsManagerClient(cloud.clientConfig);
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
  for (const machine of ["RotateSecret", "RetireSecret", "NoticeMove", "RotateFleet"]) {
    const stateMachineArn = cloud.resource(machine).ref;
    for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
      for (const { executionArn } of executions) {
        const history = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
        yield [`history of ${executionArn}`, JSON.stringify(history.events)];
      }
    }
  }
  for (const { event } of await cloud.events()) yield [`event ${event.id}`, JSON.stringify(event)];
  for (const message of await cloud.messages()) yield ["message", JSON.stringify(message)];
  const { Items } = await new DynamoDBClient(cloud.clientConfig).send(
    new ScanCommand({ TableName: cloud.resource("Table").ref }),
  );
  yield ["audit records", JSON.stringify(Items)];
  for (const log of readdirSync(join(folder, "logs")))
    yield [`log ${log}`, readFileSync(join(folder, "logs", log), "utf8")];
  yield ["calls", JSON.stringify(cloud.calls())];
}
