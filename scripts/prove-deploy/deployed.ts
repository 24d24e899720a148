import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ledger } from "../../src/aws/ledger.js";
import type { AuditRecord, RetirementRecord } from "../../src/rotation/ledger.js";
import type { Actor } from "./actors.js";
import type { Deployment } from "./deployment.js";
import type { Emulator } from "./emulator.js";

/** A schedule of each minute fires in between, and every function starts cold. */
const PATIENCE = 120_000;

export type Deployed = Awaited<ReturnType<typeof deployed>>;

/** What is done with a stack that is deployed, through AWS's own interfaces. */
export async function deployed({ clientConfig }: Pick<Emulator, "clientConfig">, deployment: Deployment) {
  const [rotateSecret, checkSecret, requests, table] = await Promise.all(
    ["RotateSecret", "CheckSecret", "Requests", "Table"].map((name) => deployment.ref(name)),
  );
  const stepFunctions = new SFNClient(clientConfig);
  const events = new EventBridgeClient(clientConfig);
  const records = ledger(new DynamoDBClient(clientConfig), table as string);

  async function run(stateMachineArn: string | undefined, input: object): Promise<Record<string, unknown>> {
    const { executionArn } = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    return until(`the end of ${executionArn}`, async () => {
      const { status, output, error, cause } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (status === "RUNNING") return undefined;
      return status === "SUCCEEDED" ? JSON.parse(output ?? "{}") : { status, error, cause };
    });
  }

  return {
    table: table as string,
    rotate: ({ arn }: Pick<Actor, "arn">, more: object = {}) => run(rotateSecret, { secretId: arn, ...more }),
    check: ({ arn }: Pick<Actor, "arn">) => run(checkSecret, { secretId: arn }),
    async request({ name }: Actor, more: object = {}): Promise<void> {
      const Detail = JSON.stringify({ secretId: name, requestedBy: "prover", ...more });
      const { FailedEntryCount } = await events.send(
        new PutEventsCommand({
          Entries: [{ EventBusName: requests, Source: "prover", DetailType: "Rotation Requested", Detail }],
        }),
      );
      if (FailedEntryCount) throw new Error("The bus for requests has refused the event.");
    },
    /** The audit record of a rotation that began after the moment. */
    record: ({ arn }: Pick<Actor, "arn">, since: Date): Promise<AuditRecord> =>
      until(`an audit record of ${arn}`, async () => newer(await records.records(arn), since)),
    retirement: ({ arn }: Pick<Actor, "arn">, since: Date): Promise<RetirementRecord> =>
      until(`a retirement's record of ${arn}`, async () => newer(await records.retirements(arn), since)),
    records: ({ arn }: Pick<Actor, "arn">) => records.records(arn),
  };
}

function newer<Kept extends { startedAt: string }>(kept: readonly Kept[], since: Date): Kept | undefined {
  return kept.find(({ startedAt }) => Date.parse(startedAt) >= since.getTime());
}

/** Asks until there is an answer. */
export async function until<Found>(what: string, ask: () => Promise<Found | undefined>): Promise<Found> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(250);
  }
  throw new Error(`Waited ${PATIENCE / 1000} s in vain for ${what}.`);
}
