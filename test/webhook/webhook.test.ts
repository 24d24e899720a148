import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CreateSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { HookMessage } from "../../src/messages/hook.js";
import { call } from "../local/signed.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { until } from "../tools/until.js";
import { receiver } from "./receiver.js";

const there = await receiver();
const folder = await mkdtemp(join(tmpdir(), "keyturn-webhook-"));
const caFile = join(folder, "ca.pem");
await writeFile(caFile, [readFileSync(inject("postgres").caFile, "utf8"), there.ca].join("\n"));
const keyturn = useCloud({ caFile, forges: true });

const newKey = () => `whsec_${randomBytes(32).toString("base64")}`;
const keys = [newKey()];
const SECRET = "keyturn/webhook";
const BROKEN = { "keyturn:probe": "select no_such_column" };

beforeAll(async () => {
  const { ARN } = await keyturn.secrets().send(new CreateSecretCommand({ Name: SECRET, SecretString: keys[0] }));
  await keyturn.redeploy(`
schedules: { nightly: { expression: cron(0 2 * * ? *) } }
notifications: { chat: true, webhook: { url: "${there.url}", key: "${ARN}" } }
`);
});
afterAll(async () => {
  await there.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What came of it, each verified as a receiver would. */
async function sentOf(work: () => Promise<unknown>, by = keys[0] as string): Promise<HookMessage[]> {
  const before = there.received.length;
  await work();
  await keyturn.cloud.settled();
  return there.received
    .slice(before)
    .map(({ body, headers }) => new Webhook(by).verify(body, headers as Record<string, string>) as HookMessage);
}

async function deadLetters(): Promise<string[]> {
  const { body } = await call(keyturn.cloud.clientConfig, {
    service: "sqs",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ReceiveMessage" },
    body: JSON.stringify({ QueueUrl: keyturn.cloud.resource("DeadLetters").ref, MaxNumberOfMessages: 10 }),
  });
  return (JSON.parse(body).Messages as Array<{ Body: string }>).map(({ Body }) => Body);
}

const failing = async () => keyturn.secretFor(await createLogin(), {}, BROKEN);

describe("a webhook", () => {
  it("says what the message says, signed", async () => {
    const secret = await failing();
    const [sent, ...more] = await sentOf(() => keyturn.rotate(secret));
    expect(more).toEqual([]);
    const name = /:secret:(.*)-\w{6}$/.exec(secret)?.[1];
    expect(sent).toMatchObject({
      type: "secret.rotation.failed",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: {
        version: "1",
        event: "Secret Rotation Failed",
        outcome: "rolled back",
        reason: "ProbeFailed",
        secretArn: secret,
        secretName: name,
        command: `npx keyturn rotate ${name}`,
        consoleUrl: expect.stringContaining("/states/home?region=eu-central-1#/v2/executions/details/arn:"),
      },
    });
    const told = (await keyturn.cloud.messages()).filter(({ message }) => message.includes(String(name)));
    const chat = keyturn.cloud.resource("ChatTopic").ref;
    expect(told.filter(({ topicArn }) => topicArn !== chat).map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`^Run: +npx keyturn rotate ${name}$`, "m")),
    ]);
    const [shown, ...others] = told.filter(({ topicArn }) => topicArn === chat);
    expect(others).toEqual([]);
    expect(JSON.parse(shown?.message ?? "")).toMatchObject({
      version: "1.0",
      source: "custom",
      content: { title: expect.stringContaining(String(name)), nextSteps: [sent?.data.next, expect.any(String)] },
      metadata: { eventType: "Secret Rotation Failed", relatedResources: [secret, expect.any(String)] },
    });
  });

  it("is sent again where it is refused, with the same id, and ends up with the dead letters where it is refused for good", async () => {
    there.answers.push([500], [503]);
    const before = there.received.length;
    await sentOf(async () => keyturn.rotate(await failing()));
    const tries = there.received.slice(before);
    expect(tries).toHaveLength(3);
    expect(new Set(tries.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(tries.map(({ body }) => body)).size).toBe(1);
    there.answers.push([500], [500], [500]);
    await sentOf(async () => keyturn.rotate(await failing()));
    expect(there.received).toHaveLength(before + 6);
    expect(await deadLetters()).toContainEqual(
      expect.stringContaining(JSON.parse(there.received.at(-1)?.body ?? "").data.executionArn),
    );
  });

  it("is not sent of an event that was never on record", async () => {
    const executionArn = `${keyturn.cloud.resource("RotateSecret").ref.replace(":stateMachine:", ":execution:")}:nobody`;
    const detail = { version: "1", secretArn: await failing(), executionArn, startedAt: new Date().toISOString() };
    const forged = (DetailType: string) =>
      new EventBridgeClient(keyturn.cloud.clientConfig).send(
        new PutEventsCommand({
          Entries: [
            {
              Source: "keyturn",
              DetailType,
              EventBusName: keyturn.cloud.resource("Bus").ref,
              Detail: JSON.stringify({ ...detail, summary: "evil" }),
            },
          ],
        }),
      );
    expect(await sentOf(() => forged("Secret Rotation Failed"))).toEqual([]);
    expect(await sentOf(() => forged("Secret Rotation Needs Attention"))).toEqual([]);
  });

  it("is signed by the old key beside the new one while that is replaced, and neither is anywhere to be read", async () => {
    keys.unshift(newKey());
    await keyturn.secrets().send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: keys[0] as string }));
    await keyturn.restart();
    const [sent] = await sentOf(async () => keyturn.rotate(await failing()), keys[1]);
    expect(sent?.type).toBe("secret.rotation.failed");
    expect(there.received.at(-1)?.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
    await until(() => keyturn.cloud.log("keyturn-dev-send-webhook").includes('"phase":"send-webhook"'));
    const written = [keyturn.cloud.log("keyturn-dev-send-webhook"), JSON.stringify(await keyturn.cloud.messages())];
    expect(written[0]).toContain('"phase":"send-webhook"');
    for (const key of keys) for (const text of written) expect(text).not.toContain(key.slice("whsec_".length));
  });
});
