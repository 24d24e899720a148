import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Acquired, Holder, LastRotation, Ledger } from "../rotation/ledger.js";
import { attempt, conditionally } from "./attempt.js";
import { type AuditRecords, auditRecords } from "./records.js";

/**
 * The ledger in one DynamoDB table, four kinds of items:
 *
 *     pk                         sk                          holds
 *     secret#<arn>               state                       the lock, the last rotation and retirement, the logins it claims
 *     secret#<arn>               rotation#<start>#<name>     one audit record, written once
 *     secret#<arn>               retirement#<start>#<name>   the record of one retirement, written once
 *     login#<engine://host/user> claim                       which secret rotates that login
 */
export function ledger(client: DynamoDBClient, table: string): Ledger & AuditRecords {
  const stateKey = (secretArn: string) => marshall({ pk: `secret#${secretArn}`, sk: "state" });

  /** Takes the lock where nobody but `allowed` holds it. */
  async function lock(secretArn: string, holder: Holder, allowed: string): Promise<Acquired> {
    const taken = await conditionally("Taking the secret's lock", () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: stateKey(secretArn),
          UpdateExpression: "SET heldBy = :me, heldSince = :since, heldFor = :purpose",
          ConditionExpression: "attribute_not_exists(heldBy) OR heldBy = :me OR heldBy = :allowed",
          ExpressionAttributeValues: marshall({
            ":me": holder.executionArn,
            ":since": holder.since,
            ":purpose": holder.purpose,
            ":allowed": allowed,
          }),
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    if (taken) return { acquired: true, ...stateFrom(unmarshall(taken.Attributes ?? {})) };
    const other = await holderOf(secretArn);
    // Given back between the refusal and the look: try again.
    return other ? { acquired: false, holder: other } : lock(secretArn, holder, allowed);
  }

  async function holderOf(secretArn: string): Promise<Holder | undefined> {
    const { Item: item } = await attempt("Looking at the secret's lock", () =>
      client.send(new GetItemCommand({ TableName: table, Key: stateKey(secretArn), ConsistentRead: true })),
    );
    const { heldBy, heldSince, heldFor = "rotation" } = unmarshall(item ?? {});
    return heldBy ? { executionArn: heldBy, since: heldSince, purpose: heldFor } : undefined;
  }

  return {
    ...auditRecords(client, table),

    acquire: (secretArn, holder) => lock(secretArn, holder, holder.executionArn),
    takeOver: (secretArn, from, to) => lock(secretArn, to, from.executionArn),
    holder: holderOf,

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

    async close(secretArn, executionArn, last) {
      await conditionally("Giving the secret's lock back", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: last
              ? `SET lastExecution = :me, outcome = :outcome, endedAt = :endedAt${last.rotatedAt ? ", rotatedAt = :rotatedAt" : ""} ${GIVE_BACK}`
              : GIVE_BACK,
            ConditionExpression: "heldBy = :me",
            ExpressionAttributeValues: marshall({ ":me": executionArn, ...(last ? lastValues(last) : {}) }),
          }),
        ),
      );
    },

    async closeRetirement(secretArn, executionArn, retired) {
      await conditionally("Giving the secret's lock back", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: retired ? `SET retired = :retired ${GIVE_BACK}` : GIVE_BACK,
            ConditionExpression: "heldBy = :me",
            ExpressionAttributeValues: marshall({ ":me": executionArn, ...(retired ? { ":retired": retired } : {}) }),
          }),
        ),
      );
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

const GIVE_BACK = "REMOVE heldBy, heldSince, heldFor";

function stateFrom(state: Record<string, unknown>): Omit<Extract<Acquired, { acquired: true }>, "acquired"> {
  const { lastExecution, outcome, endedAt, rotatedAt, retired, claims } = state as Record<string, string> & {
    claims?: string[];
  };
  const last = { executionArn: lastExecution, outcome, endedAt, ...(rotatedAt ? { rotatedAt } : {}) } as LastRotation;
  return { ...(endedAt ? { last } : {}), ...(retired ? { retiredVersionId: retired } : {}), claims: claims ?? [] };
}

function lastValues({ outcome, endedAt, rotatedAt }: LastRotation): Record<string, string> {
  return { ":outcome": outcome, ":endedAt": endedAt, ...(rotatedAt ? { ":rotatedAt": rotatedAt } : {}) };
}
