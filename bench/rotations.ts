import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
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
import { castActors } from "../stage/actors.js";
import { clearStage, type Stage, setStage } from "../stage/stage.js";
import { type Spread, spread } from "./spread.js";

export interface RotationFigures {
  readonly engine: string;
  readonly strategy: string;
  readonly secretsManagerCalls: number;
  readonly loginsOk: number;
  readonly loginsFailed: number;
  readonly rotationMs: Spread;
  readonly bareMs: Spread;
  readonly ratio: number;
  /** Single-user only: from the database's change to the label's move. */
  readonly credentialGapMs: { readonly median: number; readonly max: number } | null;
}

const WARM_UP = 8;

/** Rotates so often through the state machine and, in turns with it, by the bare work. */
export async function measureRotations(
  strategy: "single-user" | "alternating-users",
  times: number,
): Promise<RotationFigures> {
  const dataDir = ".keyturn/bench";
  await clearStage(dataDir);
  const stage = await setStage({ dataDir, databaseSettings: { log_statement: "ddl" } });
  try {
    const { secretArn } = await castActors(stage, { schedule: "bench", alternating: strategy === "alternating-users" });
    const world = bareWorld(stage);
    for (let turn = 0; turn < WARM_UP; turn += 1)
      await rotate(stage, secretArn).then(() => rotateBare(stage, world, secretArn));
    const through: number[] = [];
    const bare: number[] = [];
    const since = new Date();
    const callsBefore = stage.cloud.calls().length;
    let calls = 0;
    const logins = { ok: 0, failed: 0 };
    for (let turn = 0; turn < times; turn += 1) {
      const from = stage.cloud.calls().length;
      through.push(await timed(() => rotate(stage, secretArn)));
      await stage.cloud.settled();
      calls += stage.cloud
        .calls()
        .slice(from)
        .filter(({ service }) => service === "secretsmanager").length;
      bare.push(await timed(() => rotateBare(stage, world, secretArn)));
    }
    const seen = await stage.database.logins(since);
    // Both ways log in alike.
    logins.ok = seen.ok.filter(({ application }) => application === "keyturn").length / (2 * times);
    logins.failed = seen.failed.length / (2 * times);
    const rotationMs = spread(through);
    const bareMs = spread(bare);
    return {
      engine: `PostgreSQL ${stage.database.version}`,
      strategy,
      secretsManagerCalls: calls / times,
      loginsOk: logins.ok,
      loginsFailed: logins.failed,
      rotationMs,
      bareMs,
      ratio: Math.round((rotationMs.median / bareMs.median) * 100) / 100,
      credentialGapMs: strategy === "single-user" ? await gaps(stage, callsBefore) : null,
    };
  } finally {
    await stage.stop();
  }
}

/** Until the rotation has ended: what its announcement brings about takes its own time. */
async function rotate({ cloud }: Stage, secretId: string): Promise<void> {
  const machine = cloud.resource("RotateSecret").ref.replace(":stateMachine:", ":execution:");
  let off = () => undefined as unknown;
  const ended = new Promise<void>((resolve) => {
    off = cloud.onHistory(({ executionArn, state }) => {
      if (executionArn.startsWith(machine) && state === "Rotation ended") resolve();
    });
  });
  const sfn = new SFNClient(cloud.clientConfig);
  await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: cloud.resource("RotateSecret").ref,
      input: JSON.stringify({ secretId }),
    }),
  );
  await Promise.race([ended, cloud.settled()]);
  off();
}

/** The same calls and logins in a straight line: no state machine, no functions. */
async function rotateBare({ cloud }: Stage, world: World, secretId: string): Promise<void> {
  const startedAt = new Date();
  const executionArn = `${cloud.resource("RotateSecret").ref.replace(":stateMachine:", ":execution:")}:${randomUUID()}`;
  const plan = await makePlan(world, parseRequest({ secretId }, startedAt), executionArn);
  if (plan.decision !== "rotate") throw new Error(`bare: ${plan.reason}`);
  const input = { plan, attempt: 0 };
  const { pair } = await createSecret(world, input);
  await setSecret(world, { ...input, ...(pair ? { pair } : {}) });
  await testSecret(world, input);
  await finishSecret(world, input);
  const at = new Date().toISOString();
  const phase: PhaseResult = { startedAt: at, endedAt: at, attempts: 1 };
  const recorded = await recordRotation(
    world,
    { plan, phases: { create: phase, set: phase, test: phase, finish: phase } },
    { executionArn, startedAt: startedAt.toISOString(), endedAt: at, input: { secretId } },
    async () => [],
  );
  const { detailType, detail } = rotationAnnouncement(recorded.record);
  if (recorded.held) await giveBack(cloud, detail.secretArn, executionArn, recorded.release);
  await new EventBridgeClient(cloud.clientConfig).send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: cloud.resource("Bus").ref,
          Source: SOURCE,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
}

/** As the state "Give the lock back" does; without it the next rotation would wait for who holds it. */
async function giveBack({ clientConfig, resource }: Cloud, secretArn: string, me: string, release: string) {
  await new DynamoDBClient(clientConfig).send(
    new UpdateItemCommand({
      TableName: resource("Table").ref,
      Key: { pk: { S: `secret#${secretArn}` }, sk: { S: "state" } },
      UpdateExpression: release,
      ConditionExpression: "heldBy = :me",
      ExpressionAttributeValues: { ":me": { S: me } },
    }),
  );
}

function bareWorld({ cloud, database }: Stage): World {
  return {
    secrets: secretStore(new SecretsManagerClient(cloud.clientConfig)),
    servers: managedServers(),
    databases: databases(database.caFile),
    ledger: ledger(new DynamoDBClient(cloud.clientConfig), cloud.resource("Table").ref),
    executions: executions(new SFNClient(cloud.clientConfig)),
    rules: { stage: "dev", admins: [], readers: [], mayAskFor: {} },
    clock: () => new Date(),
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** From each ALTER ROLE in the server's log to the label's next move in the cloud's: of the state machine's rotations. */
async function gaps({ cloud, database }: Stage, from: number) {
  const moves = cloud
    .calls()
    .slice(from)
    .filter(({ operation, caller }) => operation === "UpdateSecretVersionStage" && caller.includes("FinishSecretRole"))
    .map(({ at }) => at.getTime());
  const log = await readFile(database.logFile, "utf8");
  const changes = [...log.matchAll(/^(\S+ \S+) UTC\|\d+\|\w+\|LOG: {2}statement: SET ROLE NONE; ALTER ROLE/gm)].map(
    ([, time = ""]) => Date.parse(`${time.replace(" ", "T")}Z`),
  );
  const found = moves.map((move) => move - Math.max(...changes.filter((change) => change <= move)));
  const { median } = spread(found);
  return { median, max: Math.max(...found) };
}
