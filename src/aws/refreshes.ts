import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Refresh, RefreshRecord } from "../rotation/consumers.js";
import type { RefreshLedger } from "../rotation/ledger.js";
import { attempt, conditionally } from "./attempt.js";
import { keyOf, nameOf, recordFrom } from "./records.js";

type Item = Record<string, AttributeValue>;

/** The part of the ledger that is about consumers: `ledger.ts` has the table's keys. */
export function refreshLedger(client: DynamoDBClient, table: string): RefreshLedger {
  const stateKey = (consumer: string) => marshall({ pk: `consumer#${consumer}`, sk: "state" });
  const recordKey = (consumer: string, startedAt: string, by: string) =>
    keyOf("refresh", consumer, startedAt, nameOf(by));

  async function read(doing: string, key: Item): Promise<Record<string, unknown> | undefined> {
    const { Item: item } = await attempt(doing, () =>
      client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true })),
    );
    return item && unmarshall(item);
  }

  /** Where it is this refresh still that is known last. */
  async function note(consumer: string, { by, startedAt }: Refresh, name: "handle" | "outcome", value: string) {
    await conditionally("Noting how far the consumer is", () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: stateKey(consumer),
          UpdateExpression: "SET #name = :value",
          ConditionExpression: "toldBy = :me AND startedAt = :startedAt",
          ExpressionAttributeNames: { "#name": name },
          ExpressionAttributeValues: marshall({ ":value": value, ":me": by, ":startedAt": startedAt }),
        }),
      ),
    );
  }

  return {
    async refreshOf(consumer) {
      const state = await read("Looking at when the consumer was told last", stateKey(consumer));
      if (!state) return undefined;
      const { toldBy, startedAt, handle, outcome } = state as Record<string, string | undefined>;
      return {
        by: toldBy ?? "",
        startedAt: startedAt ?? "",
        ...(handle ? { handle } : {}),
        ...(outcome ? { outcome: outcome as RefreshRecord["outcome"] } : {}),
      };
    },

    async beginRefresh(consumer, { by, startedAt }, last) {
      const begun = await conditionally("Saying that the consumer is told", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(consumer),
            UpdateExpression: "SET toldBy = :me, startedAt = :startedAt REMOVE handle, #outcome",
            ConditionExpression: last ? "toldBy = :before AND startedAt = :last" : "attribute_not_exists(pk)",
            ExpressionAttributeNames: { "#outcome": "outcome" },
            ExpressionAttributeValues: marshall({
              ":me": by,
              ":startedAt": startedAt,
              ...(last ? { ":before": last.by, ":last": last.startedAt } : {}),
            }),
          }),
        ),
      );
      return begun !== undefined;
    },

    noteRefresh: (consumer, refresh) => note(consumer, refresh, "handle", refresh.handle),
    endRefresh: (consumer, refresh, outcome) => note(consumer, refresh, "outcome", outcome),

    async recordRefresh(record) {
      const key = recordKey(record.consumer, record.startedAt, record.executionArn);
      const written = await conditionally("Writing the record of the refresh", () =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...key, ...record }),
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
      if (written) return { recorded: true, record };
      const kept = await read("Reading the record of the refresh", marshall(key));
      return { recorded: false, record: recordFrom(kept ?? {}) as RefreshRecord };
    },

    async refreshRecord(consumer, { startedAt, by }) {
      const kept = await read("Reading the record of the refresh", marshall(recordKey(consumer, startedAt, by)));
      return kept && (recordFrom(kept) as RefreshRecord);
    },
  };
}
