import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand, TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../src/local/cloud.js";
import type { Fault } from "../../../src/local/gateway/faults.js";
import { writeStack } from "../fixtures/stack.js";
import { call } from "../signed.js";

let folder: string;
let cloud: Cloud;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-endpoint-"));
  cloud = await startCloud({ templateFile: await writeStack(join(folder, "package")), dataDir: join(folder, "data") });
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

const secrets = (maxAttempts = 1) => new SecretsManagerClient({ ...cloud.clientConfig, maxAttempts });
const create = (Name: string, maxAttempts = 1) =>
  secrets(maxAttempts).send(new CreateSecretCommand({ Name, SecretString: "{}" }));
/** The root's name with another's secret. */
const strange = () => ({
  ...cloud.clientConfig,
  credentials: { ...cloud.clientConfig.credentials, secretAccessKey: "another's" },
  maxAttempts: 1,
});
const exists = (SecretId: string) =>
  secrets()
    .send(new GetSecretValueCommand({ SecretId }))
    .then(
      () => true,
      () => false,
    );

describe("the endpoint", () => {
  it("speaks to the SDK's clients, each in its protocol", async () => {
    const { clientConfig } = cloud;
    const { Topics } = await new SNSClient(clientConfig).send(new ListTopicsCommand({}));
    expect(Topics).toEqual([{ TopicArn: cloud.resource("Topic").ref }]);
    const { Table } = await new DynamoDBClient(clientConfig).send(
      new DescribeTableCommand({ TableName: "stack-table" }),
    );
    expect(Table?.TableStatus).toBe("ACTIVE");
    const { stateMachines } = await new SFNClient(clientConfig).send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([{ name: "hangs" }, { name: "waits" }]);
    const { Schedules } = await new SchedulerClient(clientConfig).send(new ListSchedulesCommand({}));
    expect(Schedules).toEqual([]);
    const Entries = [{ Source: "test", DetailType: "Told", Detail: "{}" }];
    const { FailedEntryCount } = await new EventBridgeClient(clientConfig).send(new PutEventsCommand({ Entries }));
    expect(FailedEntryCount).toBe(0);
    expect((await create("by-the-sdk")).Name).toBe("by-the-sdk");
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["JSON 1.1", () => secrets().send(new GetSecretValueCommand({ SecretId: "missing" })), "ResourceNotFoundException"],
    [
      "JSON 1.0",
      () =>
        new DynamoDBClient(cloud.clientConfig).send(
          new GetItemCommand({ TableName: "missing", Key: { pk: { S: "a" } } }),
        ),
      "ResourceNotFoundException",
    ],
    [
      "JSON 1.0 of Step Functions",
      () =>
        new SFNClient(cloud.clientConfig).send(
          new DescribeExecutionCommand({ executionArn: "arn:aws:states:eu-central-1:0:execution:waits:missing" }),
        ),
      "ExecutionDoesNotExist",
    ],
    [
      "query",
      () =>
        new SNSClient(cloud.clientConfig).send(
          new PublishCommand({ TopicArn: "arn:aws:sns:eu-central-1:0:missing", Message: "m" }),
        ),
      "NotFoundException",
    ],
    [
      "REST",
      () => new SchedulerClient(cloud.clientConfig).send(new GetScheduleCommand({ Name: "missing" })),
      "ResourceNotFoundException",
    ],
  ])("tells an error in %s", async (_, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  it("tells what is no event pattern, and what is no event", async () => {
    const events = new EventBridgeClient(cloud.clientConfig);
    const judge = (EventPattern: string, Event: string) =>
      events.send(new TestEventPatternCommand({ EventPattern, Event }));
    for (const pattern of ["no JSON", '{"source":"a"}', "[]", "null"])
      await expect(judge(pattern, "{}")).rejects.toMatchObject({ name: "InvalidEventPatternException" });
    await expect(judge('{"source":["a"]}', "no JSON")).rejects.toMatchObject({ name: "ValidationException" });
    expect((await judge('{"source":["a"]}', '{"source":"a"}')).Result).toBe(true);
  });

  it("gives a schedule as it was made, without what was of the request", async () => {
    const { body } = await call(cloud.clientConfig, {
      service: "scheduler",
      path: "/schedules/made",
      body: JSON.stringify({
        ...{ ClientToken: "once", ScheduleExpression: "rate(1 day)", FlexibleTimeWindow: { Mode: "OFF" } },
        Target: { Arn: "arn:aws:states:eu-central-1:000000000000:stateMachine:waits", RoleArn: "role" },
      }),
    });
    expect(JSON.parse(body)).toHaveProperty("ScheduleArn");
    const made = await call(cloud.clientConfig, { service: "scheduler", method: "GET", path: "/schedules/made" });
    expect(JSON.parse(made.body)).toMatchObject({ Name: "made", ScheduleExpression: "rate(1 day)" });
    expect(JSON.parse(made.body)).not.toHaveProperty("ClientToken");
  });

  it("knows its callers by their access keys, and nobody else", async () => {
    const credentials = { accessKeyId: "AKIASTRANGER", secretAccessKey: "x" };
    const stranger = new SecretsManagerClient({ ...cloud.clientConfig, credentials });
    await expect(stranger.send(new GetSecretValueCommand({ SecretId: "a" }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    const whoAmI = await call(cloud.clientConfig, {
      service: "sts",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(whoAmI.body).toContain("<Arn>arn:aws:iam::000000000000:root</Arn>");
  });

  it.each([
    ["JSON", () => new SecretsManagerClient(strange()).send(new GetSecretValueCommand({ SecretId: "a" })), 400],
    ["JSON of DynamoDB", () => new DynamoDBClient(strange()).send(new ListTablesCommand({})), 400],
    ["REST", () => new SchedulerClient(strange()).send(new ListSchedulesCommand({})), 403],
  ])("tells a wrong signature in %s", async (_, call, httpStatusCode) => {
    await expect(call()).rejects.toMatchObject({ name: "InvalidSignatureException", $metadata: { httpStatusCode } });
  });

  it("answers for its own region, and says so to a request for another", async () => {
    await create("of-this-region");
    const elsewhere = { ...cloud.clientConfig, region: "us-west-2", maxAttempts: 1 };
    const message =
      "Credential should be scoped to a valid region, not 'us-west-2': this embedded cloud is eu-central-1.";
    const read = new GetSecretValueCommand({ SecretId: "of-this-region" });
    await expect(new SecretsManagerClient(elsewhere).send(read)).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message,
    });
    await expect(new SNSClient(elsewhere).send(new ListTopicsCommand({}))).rejects.toMatchObject({ message });
  });

  it("tells a wrong signature in query", async () => {
    await expect(new SNSClient(strange()).send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("takes what must be escaped in a signed path", async () => {
    const scheduler = new SchedulerClient(cloud.clientConfig);
    const missing = scheduler.send(new GetScheduleCommand({ Name: "a b+c~d'e", GroupName: "g h" }));
    await expect(missing).rejects.toMatchObject({ message: "Schedule a b+c~d'e does not exist." });
  });

  it.each([
    ["a body that is not JSON", "/", '{"SecretString":"canary', 400, "SerializationException"],
    ["a path that is not UTF-8", "/2015-03-31/functions/%E0%A4%A/invocations", "canary", 400, "SerializationException"],
    ["an operation that it has not", "/schedule-groups/canary", "{}", 404, "UnknownOperationException"],
  ])("refuses %s without repeating it", async (_, path, body, status, type) => {
    const [service, headers] =
      path === "/" ? ["secretsmanager", { "x-amz-target": "secretsmanager.CreateSecret" }] : ["lambda", {}];
    const answer = await call(cloud.clientConfig, {
      service,
      path,
      body,
      headers: headers as Record<string, string>,
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).__type).toBe(type);
    expect(answer.body).not.toContain("canary");
  });
});

describe("a fault", () => {
  const onCreate = (name: string, fault: Pick<Fault, "kind" | "when" | "times">) =>
    cloud.inject({ ...fault, match: ({ operation, input }) => operation === "CreateSecret" && input.Name === name });

  it.each([
    ["throttle", { name: "ThrottlingException" }],
    ["deny", { name: "AccessDeniedException" }],
    ["fault", { name: "InternalServiceError" }],
    ["reset", { code: "ECONNRESET" }],
  ] as const)("%s is seen by the client, and after it took effect the secret is there", async (kind, error) => {
    for (const when of ["before", "after"] as const) {
      const secret = `${kind}-${when}`;
      const injected = onCreate(secret, { kind, when });
      await expect(create(secret)).rejects.toMatchObject(error);
      expect(injected.struck()).toBe(1);
      injected.lift();
      expect(await exists(secret)).toBe(when === "after");
    }
  });

  it("hang gives no answer", async () => {
    const injected = onCreate("hang", { kind: "hang", when: "after" });
    let answered = false;
    const note = () => {
      answered = true;
    };
    void create("hang").then(note, note);
    await injected.hit;
    // Whole requests have come and gone meanwhile.
    expect(await exists("hang")).toBe(true);
    expect(await exists("another")).toBe(false);
    expect(answered).toBe(false);
    injected.lift();
  });

  it("that strikes once is overcome by the client's own retry", async () => {
    const injected = onCreate("once", { kind: "reset", when: "before", times: 1 });
    expect((await create("once", 3)).Name).toBe("once");
    expect(injected.struck()).toBe(1);
  });
});
