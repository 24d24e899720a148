import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { dynamodb } from "../../../src/local/dynamodb/service.js";
import type { Service, Surroundings } from "../../../src/local/service.js";
import { sns } from "../../../src/local/sns/service.js";
import { sqs } from "../../../src/local/sqs/service.js";
import { ROOT, serve } from "../secrets-manager/serve.js";

const KEY = "arn:aws:kms:eu-central-1:1:key/k";
const surroundings = { region: "eu-central-1", accountId: "1", store: () => ({}) } as unknown as Surroundings;

/** What a call asks of keys: the action, and under which conditions. */
async function usesOf(service: Service, operation: string, input: object) {
  const touched = await service.touches({ operation, input: { ...input }, caller: ROOT });
  return touched.flatMap(({ action, resource, conditions }) =>
    action.startsWith("kms:") ? [{ action, resource, conditions }] : [],
  );
}

const via = (service: string, more: object = {}) => ({
  "kms:CallerAccount": "1",
  "kms:ViaService": `${service}.eu-central-1.amazonaws.com`,
  ...more,
});
const use = (operation: string, conditions: object) => ({ action: `kms:${operation}`, resource: KEY, conditions });

describe("who publishes to a topic under a key", () => {
  it("makes a data key and opens it", async () => {
    const topic = "arn:aws:sns:eu-central-1:1:people";
    const service = sns(surroundings, {
      topics: [topic],
      subscriptions: [],
      keyOf: (arn) => (arn === topic ? KEY : undefined),
    });
    expect(await usesOf(service, "Publish", { TopicArn: topic })).toEqual([
      use("GenerateDataKey", via("sns")),
      use("Decrypt", via("sns")),
    ]);
    expect(await usesOf(service, "Publish", { TopicArn: `${topic}-2` })).toEqual([]);
  });
});

describe("who uses a queue under a key", () => {
  const queue = "arn:aws:sqs:eu-central-1:1:dead-letters";
  const service = sqs(surroundings, { queues: [queue], keyOf: () => KEY, endpoint: () => "http://localhost" });
  it.each([
    ["SendMessage", ["GenerateDataKey", "Decrypt"]],
    ["ReceiveMessage", ["Decrypt"]],
    ["GetQueueAttributes", []],
  ])("by %s asks the key for %j", async (operation, wanted) => {
    const uses = await usesOf(service, operation, { QueueUrl: "http://localhost/1/dead-letters" });
    expect(uses).toEqual(wanted.map((one) => use(one, via("sqs"))));
  });
});

describe("who uses a table under a key", () => {
  it("opens the table's key, and no other table's", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-keys-"));
    const table = (TableName: string, SSESpecification?: object) => ({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      ...(SSESpecification ? { SSESpecification } : {}),
    });
    const tables = [table("audit", { KMSMasterKeyId: KEY }), table("plain")];
    const service = await dynamodb(surroundings, tables, folder);
    const context = {
      "kms:EncryptionContext:aws:dynamodb:tableName": "audit",
      "kms:EncryptionContext:aws:dynamodb:subscriberId": "1",
    };
    for (const input of [{ TableName: "audit", IndexName: "unsettled" }, { RequestItems: { audit: {} } }])
      expect(await usesOf(service, "Query", input)).toEqual([use("Decrypt", via("dynamodb", context))]);
    expect(await usesOf(service, "Query", { TableName: "plain" })).toEqual([]);
    await service.close?.();
    await rm(folder, { recursive: true });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
describe("who reads or stores the value of a secret under a key", () => {
  it("uses that key by Secrets Manager, for that secret; the key that AWS manages is everybody's", async () => {
    const cloud = await serve();
    const made = async (Name: string, KmsKeyId?: string) =>
      (await cloud.client.send(new CreateSecretCommand({ Name, SecretString: "{}", KmsKeyId }))).ARN ?? "";
    const arn = await made("app/db", KEY);
    const conditions = via("secretsmanager", { "kms:EncryptionContext:SecretARN": arn });
    const asked = (operation: string, SecretId: string) => usesOf(cloud.service, operation, { SecretId });
    expect(await asked("GetSecretValue", "app/db")).toEqual([use("Decrypt", conditions)]);
    expect(await asked("PutSecretValue", arn)).toEqual([
      use("GenerateDataKey", conditions),
      use("Decrypt", conditions),
    ]);
    for (const operation of ["DescribeSecret", "UpdateSecretVersionStage"])
      expect(await asked(operation, arn)).toEqual([]);
    for (const key of [undefined, "alias/aws/secretsmanager"])
      expect(await asked("GetSecretValue", await made(`default/${key}`, key))).toEqual([]);
    const own = "arn:aws:kms:us-east-1:123456789012:key/";
    for (const [id, wanted] of [
      ["5ec2e75a", `${own}5ec2e75a`],
      ["alias/orders", `${own}orders`],
    ] as const)
      expect(await asked("GetSecretValue", await made(id.replace("/", "-"), id))).toMatchObject([{ resource: wanted }]);
    await cloud.remove();
  });
});
