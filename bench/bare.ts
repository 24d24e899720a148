import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { brakes } from "../src/aws/brakes.js";
import { executions } from "../src/aws/executions.js";
import { ledger } from "../src/aws/ledger.js";
import { secretStore } from "../src/aws/secret-store.js";
import { managedServers } from "../src/aws/servers/managed.js";
import { SOURCE } from "../src/events/names.js";
import { rotationAnnouncement } from "../src/events/rotation.js";
import { databases } from "../src/lambda/databases.js";
import type { Cloud } from "../src/local/cloud.js";
import { createSecret, finishSecret, setSecret, testSecret } from "../src/rotation/phases/phases.js";
import { plan as makePlan } from "../src/rotation/plan/plan.js";
import type { World } from "../src/rotation/ports.js";
import type { PhaseResult } from "../src/rotation/record/outcome.js";
import { recordRotation } from "../src/rotation/record/record.js";
import { parseRequest } from "../src/rotation/request.js";
import { type Rotation, stopwatch } from "./rotation.js";

/** What it reaches. */
export interface Place {
  readonly clientConfig: Cloud["clientConfig"];
  readonly table: string;
  readonly bus: string;
  readonly machine: string;
  readonly caFile: string;
}

/** Our own work for one secret in a straight line, with the same calls and logins: no state machine, no functions. */
export function bareWork({
  clientConfig,
  table,
  bus,
  machine,
  caFile,
}: Place): (secretId: string) => Promise<Rotation> {
  const dynamodb = new DynamoDBClient(clientConfig);
  const events = new EventBridgeClient(clientConfig);
  const world: World = {
    secrets: secretStore(new SecretsManagerClient(clientConfig)),
    servers: managedServers(),
    databases: databases(caFile),
    ledger: ledger(dynamodb, table),
    brakes: brakes(dynamodb, table),
    executions: executions(new SFNClient(clientConfig)),
    rules: { stage: "dev", admins: [], readers: [], mayAskFor: {} },
    clock: () => new Date(),
    sleep,
  };

  /** As the state "Give the lock back" does; without it the next rotation would wait for who holds it. */
  async function giveBack(secretArn: string, me: string, release: string): Promise<void> {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `secret#${secretArn}` }, sk: { S: "state" } },
        UpdateExpression: release,
        ConditionExpression: "heldBy = :me",
        ExpressionAttributeValues: { ":me": { S: me } },
      }),
    );
  }

  return async (secretId) => {
    const watch = stopwatch();
    const startedAt = new Date();
    const executionArn = `${machine.replace(":stateMachine:", ":execution:")}:${randomUUID()}`;
    const plan = await makePlan(world, parseRequest({ secretId }, startedAt), executionArn);
    if (plan.decision !== "rotate") throw new Error(`The bare work was planned as ${plan.reason}.`);
    const input = { plan, attempt: 0 };
    watch.note("create");
    const { pair } = await createSecret(world, input);
    watch.note("set");
    const report = await setSecret(world, { ...input, ...(pair ? { pair } : {}) });
    await testSecret(world, input);
    await finishSecret(world, input);
    watch.note("finished");
    const at = new Date().toISOString();
    const phase: PhaseResult = { startedAt: at, endedAt: at, attempts: 1 };
    const recorded = await recordRotation(
      world,
      { plan, phases: { create: phase, set: { ...phase, report }, test: phase, finish: phase } },
      { executionArn, startedAt: startedAt.toISOString(), endedAt: at, input: { secretId } },
      async () => [],
    );
    const { detailType, detail } = rotationAnnouncement(recorded.record);
    await events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: SOURCE,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    if (!recorded.held) throw new Error("The bare work held no lock.");
    await giveBack(detail.secretArn, executionArn, recorded.release);
    return watch.stop();
  };
}
