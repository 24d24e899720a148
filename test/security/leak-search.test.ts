import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { leaks } from "../tools/leaks.js";

// What stands after every test file that has a cloud is worth something only if it finds what there is.
const PASSWORD = 'a-passw0rd/of "ours"\\~';
let folder: string;
let cloud: Cloud;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-cloud-"));
  const [templateFile, codeDir] = [inject("template"), inject("code")];
  cloud = await startCloud({ templateFile, codeDir, dataDir: folder, schedules: "off" });
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lets a secret have held the password, under a version that has no label any more. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { ARN: SecretId } = await secrets.send(
    new CreateSecretCommand({ Name: "held", SecretString: JSON.stringify({ password: PASSWORD }) }),
  );
  for (const password of ["another-0ne-since", "and-one-after-th4t"])
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ password }) }));
  try {
    await work();
  } finally {
    await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  }
}

const forms: ReadonlyArray<readonly [string, string]> = [
  ["as it is", PASSWORD],
  ["in a URL", encodeURIComponent(PASSWORD)],
  ["in base64", Buffer.from(PASSWORD).toString("base64")],
];

const places: ReadonlyArray<readonly [string, RegExp, (text: string) => Promise<unknown>]> = [
  [
    "an execution's input",
    /^history of /,
    (text) => {
      const input = JSON.stringify({ secretId: text });
      const stateMachineArn = cloud.resource("RotateFleet").ref;
      return new SFNClient(cloud.clientConfig).send(new StartExecutionCommand({ stateMachineArn, input }));
    },
  ],
  [
    "an event",
    /^event /,
    (text) => {
      const entry = { Source: "test", DetailType: "Told", Detail: JSON.stringify({ input: JSON.stringify({ text }) }) };
      return new EventBridgeClient(cloud.clientConfig).send(new PutEventsCommand({ Entries: [entry] }));
    },
  ],
  [
    "the table",
    /^audit records$/,
    (text) => {
      const Item = { pk: { S: "x" }, sk: { S: "x" }, message: { S: text } };
      const TableName = cloud.resource("Table").ref;
      return new DynamoDBClient(cloud.clientConfig).send(new PutItemCommand({ TableName, Item }));
    },
  ],
  ["a log", /^log /, (text) => writeFile(join(folder, "logs", "planted.log"), JSON.stringify({ text }))],
];

describe.each(places)("a password that a secret has held and that stands in %s", (_, place, plant) => {
  it.each(forms)("%s is found", async (_form, text) => {
    expect(await leaks(cloud, folder)).toEqual([]);
    await whileHeld(async () => {
      await plant(text);
      await cloud.settled();
      expect((await leaks(cloud, folder)).filter((found) => place.test(found))).not.toEqual([]);
    });
  });
});
