import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { AuditRecord, Ledger, OutsideChange, RecordKind, RetirementRecord } from "../rotation/ledger.js";
import { attempt, conditionally } from "./attempt.js";

/** The records of a secret, as whoever looks at them reads them: the newest first. */
export interface AuditRecords {
  records(secretArn: string, limit?: number): Promise<AuditRecord[]>;
  retirements(secretArn: string, limit?: number): Promise<RetirementRecord[]>;
  changes(secretArn: string, limit?: number): Promise<OutsideChange[]>;
}

/** The part of the ledger that is written once and never changed: `ledger.ts` has the table's keys. */
export function auditRecords(
  client: DynamoDBClient,
  table: string,
): AuditRecords & Pick<Ledger, "record" | "rotation" | "recordRetirement" | "recordChange"> {
  async function put(key: Key, record: object): Promise<boolean> {
    const written = await conditionally("Writing the audit record", () =>
      client.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({ ...key, ...record }),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    return written !== undefined;
  }

  async function write<Written extends AuditRecord | RetirementRecord>(
    kind: RecordKind,
    record: Written,
  ): Promise<{ recorded: boolean; record: Written }> {
    const key = keyOf(kind, record.secretArn, record.startedAt, nameOf(record.executionArn));
    if (await put(key, record)) return { recorded: true, record };
    const { Item: item } = await attempt("Reading the audit record", () =>
      client.send(new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true })),
    );
    return { recorded: false, record: recordFrom(unmarshall(item ?? {})) as Written };
  }

  async function read(kind: RecordKind, secretArn: string, limit = 20): Promise<unknown[]> {
    const { Items = [] } = await attempt("Reading the audit records", () =>
      client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :kind)",
          ExpressionAttributeValues: marshall({ ":pk": `secret#${secretArn}`, ":kind": `${kind}#` }),
          ScanIndexForward: false,
          Limit: limit,
        }),
      ),
    );
    return Items.map((item) => recordFrom(unmarshall(item)));
  }

  return {
    record: (record) => write("rotation", record),
    async rotation(secretArn, executionArn) {
      let next: QueryCommandInput["ExclusiveStartKey"];
      do {
        const query: QueryCommand = new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :kind)",
          FilterExpression: "executionArn = :execution",
          ExpressionAttributeValues: marshall({
            ":pk": `secret#${secretArn}`,
            ":kind": "rotation#",
            ":execution": executionArn,
          }),
          ScanIndexForward: false,
          ...(next ? { ExclusiveStartKey: next } : {}),
        });
        const page: QueryCommandOutput = await attempt("Reading the rotation's record", () => client.send(query));
        const [item] = page.Items ?? [];
        if (item) return recordFrom(unmarshall(item)) as AuditRecord;
        next = page.LastEvaluatedKey;
      } while (next);
      return undefined;
    },
    recordRetirement: (record) => write("retirement", record),
    records: async (secretArn, limit) => (await read("rotation", secretArn, limit)) as AuditRecord[],
    recordChange: async (change) => ({
      recorded: await put(keyOf("change", change.secretArn, change.changedAt, change.versionId), change),
    }),
    changes: async (secretArn, limit) => (await read("change", secretArn, limit)) as OutsideChange[],
    retirements: async (secretArn, limit) => (await read("retirement", secretArn, limit)) as RetirementRecord[],
  };
}

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** `of`: the secret's ARN, of a refresh the consumer's name. */
export function keyOf(kind: RecordKind, of: string, at: string, name: string): Key {
  return { pk: `${kind === "refresh" ? "consumer" : "secret"}#${of}`, sk: `${kind}#${at}#${name}` };
}

/** A record without its key. */
export function recordFrom({ pk: _pk, sk: _sk, ...record }: Record<string, unknown>): unknown {
  return record;
}

/** An execution's name; what is no ARN stays as it is. */
export function nameOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}
