import { type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { AuditRecord, Ledger, RetirementRecord } from "../rotation/ledger.js";
import { attempt, conditionally } from "./attempt.js";

/** The records of a secret, as whoever looks at them reads them: the newest first. */
export interface AuditRecords {
  records(secretArn: string, limit?: number): Promise<AuditRecord[]>;
  retirements(secretArn: string, limit?: number): Promise<RetirementRecord[]>;
}

type Kind = "rotation" | "retirement";

/** The part of the ledger that is written once and never changed: `ledger.ts` has the table's keys. */
export function auditRecords(
  client: DynamoDBClient,
  table: string,
): AuditRecords & Pick<Ledger, "record" | "recordRetirement"> {
  async function write(kind: Kind, record: AuditRecord | RetirementRecord): Promise<{ recorded: boolean }> {
    const written = await conditionally("Writing the audit record", () =>
      client.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({
            pk: `secret#${record.secretArn}`,
            sk: `${kind}#${record.startedAt}#${nameOf(record.executionArn)}`,
            ...record,
          }),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    return { recorded: written !== undefined };
  }

  async function read(kind: Kind, secretArn: string, limit = 20): Promise<unknown[]> {
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
    return Items.map((item) => {
      const { pk: _pk, sk: _sk, ...record } = unmarshall(item);
      return record;
    });
  }

  return {
    record: (record) => write("rotation", record),
    recordRetirement: (record) => write("retirement", record),
    records: async (secretArn, limit) => (await read("rotation", secretArn, limit)) as AuditRecord[],
    retirements: async (secretArn, limit) => (await read("retirement", secretArn, limit)) as RetirementRecord[],
  };
}

function nameOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}
