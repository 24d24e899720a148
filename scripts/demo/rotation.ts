import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ledger } from "../../src/aws/ledger.js";
import type { BusEvent } from "../../src/local/service.js";
import type { Message } from "../../src/local/sns/service.js";
import type { AuditRecord } from "../../src/rotation/ledger.js";
import type { Stage } from "../../stage/stage.js";

/** What a rotation left behind, and what it took. */
export interface Rotated {
  readonly audit: AuditRecord;
  readonly event: BusEvent;
  readonly message: Message | undefined;
  /** The calls of the rotation itself, by operation. */
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly logins: { readonly ok: number; readonly failed: number };
}

/** Has a schedule of its own fire within two seconds, and waits until the rotation that it starts has been announced. */
export async function rotateBySchedule(stage: Stage, secretArn: string, schedule: string): Promise<Rotated> {
  const { cloud, database } = stage;
  const since = new Date();
  const callsBefore = cloud.calls().length;
  await createSchedule(stage, schedule, new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000));
  const event = await announced(stage, secretArn, since);
  await cloud.settled();
  const table = cloud.resource("Table").ref;
  const [audit] = await ledger(new DynamoDBClient(cloud.clientConfig), table).records(secretArn, 1);
  if (!audit) throw new Error("The rotation left no audit record.");
  const logins = await database.logins(since);
  return {
    audit,
    event,
    message: (await cloud.messages()).findLast(({ at }) => new Date(at) >= since),
    apiCalls: countCalls(stage, callsBefore),
    logins: {
      ok: logins.ok.filter(({ application }) => application === "keyturn").length,
      failed: logins.failed.length,
    },
  };
}

/** The same target as the schedules of keyturn.yml have, but at a moment of our choosing, and due whatever the age. */
async function createSchedule({ cloud }: Stage, schedule: string, at: Date): Promise<void> {
  const scheduler = new SchedulerClient(cloud.clientConfig);
  await scheduler.send(
    new CreateScheduleCommand({
      Name: `${schedule}-${at.getTime()}`,
      GroupName: cloud.resource("ScheduleGroup").ref,
      ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Arn: cloud.resource("RotateFleet").ref,
        RoleArn: cloud.resource("ScheduleRole").attributes.Arn as string,
        Input: JSON.stringify({ schedule, scheduledAt: "<aws.scheduler.scheduled-time>" }),
      },
    }),
  );
}

async function announced({ cloud }: Stage, secretArn: string, since: Date): Promise<BusEvent> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    const found = (await cloud.events()).findLast(
      ({ event }) =>
        event.source === "keyturn" &&
        event.detail.secretArn === secretArn &&
        Date.parse(String(event.detail.endedAt)) >= since.getTime(),
    );
    if (found) return found.event;
    await sleep(20);
  }
  throw new Error("No rotation was announced within a minute.");
}

function countCalls({ cloud }: Stage, from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { caller, service, operation } of cloud.calls().slice(from)) {
    if (
      !/assumed-role\/[^/]*-(Plan|CreateSecret|SetSecret|TestSecret|FinishSecret|RollBack|Record|RotateSecret)Role\//.test(
        caller,
      )
    )
      continue;
    if (service === "lambda") continue;
    const name = `${service}:${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
