import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { READS_TAGGED, TRUST, writeStack } from "./fixtures/stack.js";
import { call } from "./signed.js";

let folder: string;
let templateFile: string;
let cloud: Cloud | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-cloud-"));
  templateFile = await writeStack(join(folder, "package"));
});
afterEach(() => cloud?.stop());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(
  data: string,
  options: { templateFile?: string; port?: number; region?: string } = {},
): Promise<Cloud> {
  cloud = await startCloud({ templateFile, dataDir: join(folder, data), ...options });
  return cloud;
}

async function invoke({ clientConfig }: Cloud, name: string, event: object = {}) {
  const path = `/2015-03-31/functions/${name}/invocations`;
  const { body } = await call(clientConfig, { service: "lambda", path, body: JSON.stringify(event) });
  return JSON.parse(body) as { status: number; body: Record<string, string> };
}

async function takenPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, free: () => void server.close() };
}

describe("a function", () => {
  it("has the template's environment and the endpoint, and nothing of this process", async () => {
    const running = await start("environment");
    expect(process.env.PATH).toBeDefined();
    expect(await invoke(running, "reader")).toEqual({
      WHO: "reader",
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[0-9A-F]{16}$/),
      AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^[\w-]{40}$/),
      AWS_SESSION_TOKEN: expect.stringMatching(/^[\w-]{64}$/),
      AWS_ENDPOINT_URL: running.endpoint,
      AWS_REGION: "eu-central-1",
      AWS_LAMBDA_FUNCTION_NAME: "reader",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
    expect(await invoke(running, "other")).toMatchObject({ WHO: "other" });
  });

  it("may do what its role in the template allows, and no more", async () => {
    const running = await start("role");
    const secrets = new SecretsManagerClient(running.clientConfig);
    const Tags = [{ Key: "keyturn:schedule", Value: "nightly" }];
    await secrets.send(new CreateSecretCommand({ Name: "tagged", SecretString: "{}", Tags }));
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: "untagged", SecretString: "{}" }));
    const read = (SecretId: string) => invoke(running, "reader", { operation: "GetSecretValue", input: { SecretId } });

    expect(await read("tagged")).toMatchObject({ status: 200, body: { Name: "tagged" } });
    const user = "arn:aws:sts::000000000000:assumed-role/stack-test-Role/reader";
    expect(await read("untagged")).toEqual({
      status: 400,
      body: expect.objectContaining({
        __type: "AccessDeniedException",
        message: `User: ${user} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${ARN} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
      }),
    });
    expect(running.calls().filter(({ caller }) => caller === user)).toMatchObject([
      { operation: "GetSecretValue" },
      { operation: "GetSecretValue", resource: ARN, error: "AccessDeniedException" },
    ]);
  });

  it("may not read a secret under a key that is not its to use, nor one whose own policy denies it", async () => {
    const running = await start("held");
    const secrets = new SecretsManagerClient(running.clientConfig);
    const Tags = [{ Key: "keyturn:schedule", Value: "nightly" }];
    const read = (SecretId: string) => invoke(running, "reader", { operation: "GetSecretValue", input: { SecretId } });
    const refused = (because: string) => ({ status: 400, body: { message: expect.stringContaining(because) } });
    const of = { SecretString: "{}", Tags };

    await secrets.send(new CreateSecretCommand({ Name: "keyed", ...of, KmsKeyId: "alias/its-owners" }));
    expect(await read("keyed")).toMatchObject(
      refused("kms:Decrypt on resource: arn:aws:kms:eu-central-1:000000000000:"),
    );

    await secrets.send(new CreateSecretCommand({ Name: "guarded", ...of }));
    expect(await read("guarded")).toMatchObject({ status: 200 });
    const deny = { Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" };
    const guard = (statement: object) =>
      secrets.send(
        new PutResourcePolicyCommand({
          SecretId: "guarded",
          ResourcePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        }),
      );
    await guard(deny);
    expect(await read("guarded")).toMatchObject(refused("explicit deny in a resource-based policy"));
    await expect(guard({ ...deny, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: expect.stringContaining("IpAddress"),
    });
  });

  it("leaves a log where its role may write one", async () => {
    const silent = await start("silent");
    await invoke(silent, "reader", { operation: "Print" });
    await cloud?.stop();
    expect(silent.log("reader")).toBe("");
    const allowed = { Effect: "Allow", Action: "logs:*", Resource: "arn:aws:logs:*:*:log-group:/aws/lambda/reader:*" };
    const template = await writeStack(join(folder, "logs"), { statement: allowed });
    const heard = await start("heard", { templateFile: template });
    await invoke(heard, "reader", { operation: "Print" });
    await expect.poll(() => heard.log("reader"), { timeout: 60_000 }).toContain("printed");
  });
});

describe("a cloud that is started again on its data", () => {
  it("has its resources, its secrets, its items and its executions", async () => {
    const before = await start("again");
    const secret = await new SecretsManagerClient(before.clientConfig).send(
      new CreateSecretCommand({ Name: "kept", SecretString: "value" }),
    );
    const item = { pk: { S: "kept" }, n: { N: "1" } };
    await new DynamoDBClient(before.clientConfig).send(new PutItemCommand({ TableName: "stack-table", Item: item }));
    const run = (seconds: number) =>
      new SFNClient(before.clientConfig).send(
        new StartExecutionCommand({
          stateMachineArn: before.resource("Waits").ref,
          input: JSON.stringify({ seconds }),
        }),
      );
    const { executionArn: done } = await run(0);
    await before.settled();
    const { executionArn: running } = await run(3_600);
    await before.stop();

    const after = await start("again");
    expect(after.resource("Topic")).toEqual(before.resource("Topic"));
    const sent = await new SecretsManagerClient(after.clientConfig).send(
      new GetSecretValueCommand({ SecretId: "kept" }),
    );
    expect(sent).toMatchObject({ ARN: secret.ARN, VersionId: secret.VersionId, SecretString: "value" });
    const { Item } = await new DynamoDBClient(after.clientConfig).send(
      new GetItemCommand({ TableName: "stack-table", Key: { pk: { S: "kept" } } }),
    );
    expect(Item).toEqual(item);
    const sfn = new SFNClient(after.clientConfig);
    const statusOf = async (executionArn = "") =>
      (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
    expect(await statusOf(done)).toBe("SUCCEEDED");
    expect(await statusOf(running)).toBe("ABORTED");
    const told = (await after.events()).filter(({ event }) => event.detail.status === "ABORTED");
    expect(told).toMatchObject([{ event: { resources: [running], source: "aws.states" } }]);
  });
});

describe("a start that fails", () => {
  it("says that the port is taken, and leaves the data free for the next", async () => {
    const taken = await takenPort();
    await expect(start("taken", { port: taken.port })).rejects.toThrow(`Port ${taken.port} is taken.`);
    taken.free();
    expect((await start("taken")).endpoint).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it("at a table that DynamoDB refuses leaves the data free for the next", async () => {
    const table = { Type: "AWS::DynamoDB::Table", Properties: { TableName: "t", KeySchema: [] } };
    const wrong = await writeStack(join(folder, "wrong-table"), { table });
    await expect(start("table", { templateFile: wrong })).rejects.toMatchObject({ code: "ValidationException" });
    expect((await start("table")).endpoint).toMatch(/^http:/);
  });

  it("in another region leaves alone what is of the first", async () => {
    await (await start("region")).stop();
    const elsewhere = start("region", { region: "us-west-2" });
    await expect(elsewhere).rejects.toThrow("is of eu-central-1 and account 000000000000, not of us-west-2");
    expect((await start("region")).region).toBe("eu-central-1");
  });

  it.each([
    ["an operator", { ...READS_TAGGED, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, "IpAddress"],
    ["a condition key", { ...READS_TAGGED, Condition: { StringLike: { "aws:SourceVpc": "vpc-*" } } }, "aws:SourceVpc"],
    ["an element", { Effect: "Allow", NotAction: "iam:*", Resource: "*" }, "NotAction"],
  ])("names %s of a policy that it cannot evaluate", async (_, statement, named) => {
    const odd = await writeStack(join(folder, `odd-${named}`), { statement });
    await expect(start(`odd-${named}`, { templateFile: odd })).rejects.toThrow(named);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
describe("a role that a service may not take on", () => {
  const sourceArn = (name: string) => ({
    Condition: {
      StringEquals: { "aws:SourceAccount": "000000000000" },
      ArnLike: { "aws:SourceArn": `arn:aws:states:*:*:stateMachine:${name}` },
    },
  });
  const only = (...Service: string[]) => ({ ...TRUST, Principal: { Service } });
  it.each([
    ["Lambda", only("states.amazonaws.com"), /^lambda\.amazonaws\.com is not authorized to perform: sts:AssumeRole/],
    ["Step Functions", only("lambda.amazonaws.com"), /^states\.amazonaws\.com is not authorized .* for the sake of /],
    [
      "Step Functions, for the sake of another machine",
      [only("lambda.amazonaws.com"), { ...only("states.amazonaws.com"), ...sourceArn("other") }],
      /^states\.amazonaws\.com is not authorized .* for the sake of /,
    ],
    ["Lambda, which says for whose sake nowhere", { ...TRUST, ...sourceArn("*") }, /^lambda\.amazonaws\.com is not/],
  ])("%s: no such stack is started", async (name, trust, said) => {
    const refused = await writeStack(join(folder, name), { trust: [trust].flat() });
    await expect(start(name, { templateFile: refused })).rejects.toThrow(said);
  });
});

describe("a process", () => {
  async function run(data: string, port = 0) {
    const script = join(import.meta.dirname, "fixtures/start-and-stop.ts");
    const args = ["--import", "tsx", script, templateFile, join(folder, data), String(port)];
    // Its execution would go on for an hour: it is ended shortly before the test is.
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], timeout: 600_000 });
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    return { printed: printed.trim(), code };
  }

  it("ends by itself when its cloud is stopped", async () => {
    expect(await run("process")).toEqual({ printed: "stopped", code: 0 });
  });

  it("ends by itself when its cloud could not start", async () => {
    const { port, free } = await takenPort();
    expect(await run("process-taken", port)).toMatchObject({
      printed: expect.stringContaining("is taken"),
      code: 0,
    });
    free();
  });
});
