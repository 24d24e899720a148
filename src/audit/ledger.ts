import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { fromAws } from "../aws-error.js";
import type { Acquired, AuditRecord, Holder, LastRotation, Ledger, Unsettled } from "../rotation/ledger.js";

/**
 * The ledger in one DynamoDB table, three kinds of items:
 *
 *     pk                         sk                        holds
 *     secret#<arn>               state                     the lock, the last rotation, the logins it claims
 *     secret#<arn>               rotation#<start>#<name>   one audit record, written once
 *     login#<engine://host/user> claim                     which secret rotates that login
 *
 * The index `unsettled` has the states that are not at rest, and so is nearly empty.
 */
export function ledger(
  client: DynamoDBClient,
  table: string,
): Ledger & { records(secretArn: string, limit?: number): Promise<AuditRecord[]> } {
  const stateKey = (secretArn: string) => marshall({ pk: `secret#${secretArn}`, sk: "state" });

  /** Takes the lock where nobody but `allowed` holds it. */
  async function lock(secretArn: string, { executionArn, since }: Holder, allowed: string): Promise<Acquired> {
    const taken = await conditionally("Taking the secret's lock", () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: stateKey(secretArn),
          UpdateExpression: "SET heldBy = :me, heldSince = :since, unsettled = :unsettled",
          ConditionExpression: "attribute_not_exists(heldBy) OR heldBy = :me OR heldBy = :allowed",
          ExpressionAttributeValues: marshall({
            ":me": executionArn,
            ":since": since,
            ":allowed": allowed,
            ":unsettled": UNSETTLED,
          }),
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    if (taken) return { acquired: true, ...stateFrom(unmarshall(taken.Attributes ?? {})) };
    const holder = await holderOf(secretArn);
    // Given back between the refusal and the look: try again.
    return holder ? { acquired: false, holder } : lock(secretArn, { executionArn, since }, allowed);
  }

  async function look(secretArn: string): Promise<{ holder?: Holder; last?: LastRotation }> {
    const { Item: item } = await attempt("Looking at the secret's lock", () =>
      client.send(new GetItemCommand({ TableName: table, Key: stateKey(secretArn), ConsistentRead: true })),
    );
    const state = unmarshall(item ?? {});
    const { last } = stateFrom(state);
    const { heldBy, heldSince } = state;
    return {
      ...(heldBy ? { holder: { executionArn: heldBy, since: heldSince } } : {}),
      ...(last ? { last } : {}),
    };
  }

  const holderOf = async (secretArn: string) => (await look(secretArn)).holder;

  return {
    acquire: (secretArn, holder) => lock(secretArn, holder, holder.executionArn),
    takeOver: (secretArn, from, to) => lock(secretArn, to, from.executionArn),
    holder: holderOf,
    look,
    claimant,

    async claim(secretArn, logins, replacing = secretArn) {
      for (const login of logins) {
        const claimed = await conditionally("Claiming the login", () =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: marshall({ pk: `login#${login}`, sk: "claim", secretArn }),
              ConditionExpression: "attribute_not_exists(pk) OR secretArn = :me OR secretArn = :replacing",
              ExpressionAttributeValues: marshall({ ":me": secretArn, ":replacing": replacing }),
            }),
          ),
        );
        if (!claimed) return claimant(login);
      }
      await attempt("Noting the claimed logins", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: "SET claims = :claims",
            ExpressionAttributeValues: marshall({ ":claims": logins }),
          }),
        ),
      );
      return {};
    },

    async record(record) {
      const key = recordKey(record);
      const written = await conditionally("Writing the audit record", () =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...key, ...record }),
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
      if (written) return { recorded: true, record };
      const { Item: item } = await attempt("Reading the audit record", () =>
        client.send(new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true })),
      );
      return { recorded: false, record: recordFrom(unmarshall(item ?? {})) };
    },

    async remember(secretArn, executionArn, last) {
      const remembered = await conditionally("Remembering the rotation", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: last ? remembering(last) : "SET heldBy = :me",
            ConditionExpression: "heldBy = :me",
            ExpressionAttributeValues: marshall({ ":me": executionArn, ...(last ? lastValues(last) : {}) }),
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      if (!remembered) return {};
      const needsAttention = "attempts" in (remembered.Attributes ?? {});
      return { release: `REMOVE heldBy, heldSince${needsAttention ? "" : ", unsettled"}` };
    },

    async *unsettled() {
      let next: QueryCommandInput["ExclusiveStartKey"];
      do {
        const query: QueryCommand = new QueryCommand({
          TableName: table,
          IndexName: "unsettled",
          KeyConditionExpression: "unsettled = :unsettled",
          ExpressionAttributeValues: marshall({ ":unsettled": UNSETTLED }),
          ...(next ? { ExclusiveStartKey: next } : {}),
        });
        const page: QueryCommandOutput = await attempt("Looking for secrets that are not at rest", () =>
          client.send(query),
        );
        for (const item of page.Items ?? []) yield unsettledFrom(unmarshall(item));
        next = page.LastEvaluatedKey;
      } while (next);
    },

    async rotatedAt(secretArns) {
      const found = new Map<string, Date>();
      // At most 100 keys a call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
      for (let start = 0; start < secretArns.length; start += 100) {
        let asked: BatchGetItemCommandInput["RequestItems"] = {
          [table]: { Keys: secretArns.slice(start, start + 100).map(stateKey) },
        };
        while (asked && Object.keys(asked).length > 0) {
          const request: BatchGetItemCommand = new BatchGetItemCommand({ RequestItems: asked });
          const answer: BatchGetItemCommandOutput = await attempt("Reading when the secrets were rotated", () =>
            client.send(request),
          );
          for (const item of answer.Responses?.[table] ?? []) {
            const { pk, rotatedAt } = unmarshall(item);
            if (rotatedAt) found.set(pk.slice("secret#".length), new Date(rotatedAt));
          }
          asked = answer.UnprocessedKeys;
        }
      }
      return found;
    },

    /** The newest first. */
    async records(secretArn, limit = 20) {
      const { Items = [] } = await attempt("Reading the audit records", () =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :rotation)",
            ExpressionAttributeValues: marshall({ ":pk": `secret#${secretArn}`, ":rotation": "rotation#" }),
            ScanIndexForward: false,
            Limit: limit,
          }),
        ),
      );
      return Items.map((item) => recordFrom(unmarshall(item)));
    },
  };

  async function claimant(login: string): Promise<{ claimedBy?: string }> {
    const { Item: item } = await attempt("Looking at who claims the login", () =>
      client.send(
        new GetItemCommand({
          TableName: table,
          Key: marshall({ pk: `login#${login}`, sk: "claim" }),
          ConsistentRead: true,
        }),
      ),
    );
    const { secretArn } = unmarshall(item ?? {});
    return secretArn ? { claimedBy: secretArn } : {};
  }
}

const UNSETTLED = "unsettled";

/** A secret that needs attention has `attempts`, and stays in the index. */
function remembering(last: LastRotation): string {
  const attention = last.outcome === "needs attention";
  const set = [
    "lastExecution = :me",
    "outcome = :outcome",
    "endedAt = :endedAt",
    ...(last.rotatedAt ? ["rotatedAt = :rotatedAt"] : []),
    ...(attention ? ["attempts = if_not_exists(attempts, :none) + :one"] : []),
  ];
  return `SET ${set.join(", ")}${attention ? "" : " REMOVE attempts"}`;
}

function recordKey({ secretArn, startedAt, executionArn }: AuditRecord): { pk: string; sk: string } {
  return { pk: `secret#${secretArn}`, sk: `rotation#${startedAt}#${nameOf(executionArn)}` };
}

function recordFrom({ pk: _pk, sk: _sk, ...record }: Record<string, unknown>): AuditRecord {
  return record as unknown as AuditRecord;
}

function unsettledFrom(state: Record<string, unknown>): Unsettled {
  const { pk, heldBy, heldSince, outcome, endedAt, attempts } = state as Record<string, string> & { attempts?: number };
  return {
    secretArn: String(pk).slice("secret#".length),
    ...(heldBy ? { holder: { executionArn: heldBy, since: String(heldSince) } } : {}),
    ...(outcome === "needs attention" ? { last: { endedAt: String(endedAt), attempts: attempts ?? 1 } } : {}),
  };
}

function stateFrom(state: Record<string, unknown>): { last?: LastRotation; claims: readonly string[] } {
  const { lastExecution, outcome, endedAt, rotatedAt, claims } = state as Record<string, string> & {
    claims?: string[];
  };
  const last = { executionArn: lastExecution, outcome, endedAt, ...(rotatedAt ? { rotatedAt } : {}) } as LastRotation;
  return { ...(endedAt ? { last } : {}), claims: claims ?? [] };
}

function lastValues({ outcome, endedAt, rotatedAt }: LastRotation): Record<string, unknown> {
  return {
    ":outcome": outcome,
    ":endedAt": endedAt,
    ...(rotatedAt ? { ":rotatedAt": rotatedAt } : {}),
    ...(outcome === "needs attention" ? { ":none": 0, ":one": 1 } : {}),
  };
}

function nameOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}

async function attempt<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw fromAws(error, doing);
  }
}

/** `undefined` where the condition was not met. */
async function conditionally<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return undefined;
    throw fromAws(error, doing);
  }
}
