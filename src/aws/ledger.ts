import { randomUUID } from "node:crypto";
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Acquired, Holder, LastKnown, Ledger } from "../rotation/ledger.js";
import { attempt, conditionally } from "./attempt.js";
import { type AuditRecords, auditRecords } from "./records.js";
import { refreshLedger } from "./refreshes.js";
import { standings } from "./standings.js";
import {
  ATTENTION,
  GIVE_BACK,
  holderFrom,
  lastValues,
  remembering,
  stateFrom,
  stateKey,
  UNSETTLED,
  unsettledFrom,
} from "./state-item.js";

/**
 * The ledger in one DynamoDB table, seven kinds of items:
 *
 *     pk                         sk                          holds
 *     secret#<arn>               state                       the lock, the last rotation and retirement, the logins it claims
 *     secret#<arn>               rotation#<start>#<name>     one audit record, written once
 *     secret#<arn>               retirement#<start>#<name>   the record of one retirement, written once
 *     secret#<arn>               change#<time>#<version>     a move of AWSCURRENT by somebody else
 *     login#<engine host:port user> claim                    which secret rotates that login
 *     consumer#<name>            state                       when that consumer was told last, and how it ended
 *     consumer#<name>            refresh#<start>#<name>      the record of one time that it was told, written once
 *
 * The index `unsettled` has the states whose rotation is not at rest, and so is nearly empty.
 */
export function ledger(client: DynamoDBClient, table: string): Ledger & AuditRecords {
  /** Takes the lock where nobody but `allowed` holds it. */
  async function lock(secretArn: string, holder: Holder, allowed: string): Promise<Acquired> {
    const { recovers } = holder;
    const isRotation = holder.purpose === "rotation";
    const taken = await conditionally("Taking the secret's lock", () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: stateKey(secretArn),
          UpdateExpression: `SET ${[
            "heldBy = :me, heldSince = :since, heldFor = :purpose, seed = if_not_exists(seed, :seed)",
            ...(isRotation ? ["unsettled = :unsettled"] : []),
            ...(recovers ? ["recovers = :recovers"] : []),
          ].join(", ")}${recovers ? "" : " REMOVE recovers, goesBackTo, door, writes"}`,
          ConditionExpression: "attribute_not_exists(heldBy) OR heldBy = :me OR heldBy = :allowed",
          ExpressionAttributeValues: marshall({
            ":me": holder.executionArn,
            ":since": holder.since,
            ":purpose": holder.purpose,
            ":seed": randomUUID(),
            ":allowed": allowed,
            ...(isRotation ? { ":unsettled": UNSETTLED } : {}),
            ...(recovers ? { ":recovers": recovers } : {}),
          }),
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    if (taken) return { acquired: true, ...stateFrom(unmarshall(taken.Attributes ?? {})) };
    const { holder: other } = await look(secretArn);
    // Given back between the refusal and the look: try again.
    return other ? { acquired: false, holder: other } : lock(secretArn, holder, allowed);
  }

  async function look(secretArn: string): ReturnType<Ledger["look"]> {
    const { Item: item } = await attempt("Looking at the secret's lock", () =>
      client.send(new GetItemCommand({ TableName: table, Key: stateKey(secretArn), ConsistentRead: true })),
    );
    const state = unmarshall(item ?? {});
    const { last, versionId } = stateFrom(state);
    const holder = holderFrom(state);
    const { seed } = state;
    return {
      ...(holder ? { holder } : {}),
      ...(versionId ? { versionId } : {}),
      ...(last ? { last } : {}),
      ...(seed ? { seed } : {}),
    };
  }

  return {
    ...auditRecords(client, table),
    refreshOf: refreshLedger(client, table).refreshOf,

    acquire: (secretArn, holder) => lock(secretArn, holder, holder.executionArn),
    async noteBegin(secretArn, executionArn, { door, versionId, backVersionId }) {
      await conditionally("Noting what the rotation begins with", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: `SET door = :door, writes = :writes${backVersionId ? ", goesBackTo = :back" : " REMOVE goesBackTo"}`,
            ConditionExpression: "heldBy = :me",
            ExpressionAttributeValues: marshall({
              ":me": executionArn,
              ":door": door,
              ":writes": versionId,
              ...(backVersionId ? { ":back": backVersionId } : {}),
            }),
          }),
        ),
      );
    },
    takeOver: (secretArn, from, to) => lock(secretArn, to, from.executionArn),
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
      return {};
    },

    async remember(secretArn, executionArn, last, claims) {
      const remembered = await conditionally("Remembering the rotation", () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(secretArn),
            UpdateExpression: last ? remembering(last, claims) : "SET heldBy = :me",
            ConditionExpression: "heldBy = :me",
            ExpressionAttributeValues: marshall({ ":me": executionArn, ...(last ? lastValues(last, claims) : {}) }),
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      const isUnsettled = unmarshall(remembered?.Attributes ?? {}).outcome === ATTENTION;
      return { held: remembered !== undefined, release: `${GIVE_BACK}${isUnsettled ? "" : ", unsettled"}` };
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

    async lastOf(secretArns) {
      const found = new Map<string, LastKnown>();
      for (const [arn, { last }] of await standings(client, table, secretArns)) if (last) found.set(arn, last);
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
