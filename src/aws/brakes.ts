import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Brakes, MOST_SILENCES, SILENCE_MS, STAY_MS } from "../rotation/brakes.js";
import { attempt, conditionally } from "./attempt.js";

/**
 * The brakes, in the ledger's table:
 *
 *     pk                          sk      holds
 *     server#<engine host:port>   door    who is inside and until when at most; since when the server is silent
 *     pace                        pace    when the next rotation may begin
 */
export function brakes(client: DynamoDBClient, table: string): Brakes {
  const update = (doing: string, key: Record<string, string>, input: Partial<UpdateItemCommandInput>) =>
    conditionally(doing, () =>
      client.send(new UpdateItemCommand({ TableName: table, Key: marshall(key), ReturnValues: "ALL_NEW", ...input })),
    );
  async function look(key: Record<string, string>): Promise<Record<string, unknown>> {
    const { Item: item } = await attempt("Looking at a brake", () =>
      client.send(new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true })),
    );
    return unmarshall(item ?? {});
  }
  const door = (server: string) => ({ pk: `server#${server}`, sk: "door" });
  const pace = { pk: "pace", sk: "pace" };

  const enter: Brakes["enter"] = async (server, executionArn, now, { atOnce, evenIfSilent }) => {
    const entered = () =>
      update("Entering the server's door", door(server), {
        UpdateExpression: "SET inside.#me = :until",
        ConditionExpression: [
          "attribute_exists(inside) AND (size(inside) < :most OR attribute_exists(inside.#me))",
          ...(evenIfSilent ? [] : ["(attribute_not_exists(silentUntil) OR silentUntil <= :now)"]),
        ].join(" AND "),
        ExpressionAttributeNames: { "#me": executionArn },
        ExpressionAttributeValues: marshall({
          ":until": after(now, STAY_MS),
          ":most": atOnce,
          ...(evenIfSilent ? {} : { ":now": now.toISOString() }),
        }),
      });
    const at = await entered();
    if (at) return verdictOn(at);
    const { inside, silentUntil } = (await look(door(server))) as { inside?: Inside; silentUntil?: string };
    if (!evenIfSilent && silentUntil && silentUntil > now.toISOString()) return "ServerSilent";
    if (!inside) await hang(server);
    // One that is not full was made, or left, between the refusal and the look.
    else if (Object.keys(inside).length >= atOnce && !(await turnOut(server, inside, now))) return "ServerBusy";
    const again = await entered();
    return again ? verdictOn(again) : "ServerBusy";
  };

  /** The door of a server that none has entered before. */
  const hang = (server: string) =>
    update("Making the server's door", door(server), {
      UpdateExpression: "SET inside = if_not_exists(inside, :nobody)",
      ExpressionAttributeValues: marshall({ ":nobody": {} }),
    });

  /** Those who have died inside. Gives whether there was any. */
  async function turnOut(server: string, inside: Inside, now: Date): Promise<boolean> {
    const gone = Object.keys(inside).filter((who) => (inside[who] ?? "") <= now.toISOString());
    if (gone.length === 0) return false;
    await update("Closing the server's door behind the dead", door(server), {
      UpdateExpression: `REMOVE ${gone.map((_, index) => `inside.#gone${index}`).join(", ")}`,
      ExpressionAttributeNames: Object.fromEntries(gone.map((who, index) => [`#gone${index}`, who])),
    });
    return true;
  }

  return {
    enter,

    async leave(server, executionArn, now, answered) {
      const left = await update("Leaving the server's door", door(server), {
        UpdateExpression: [
          "REMOVE inside.#me",
          ...(answered ? [", silences, silentUntil"] : []),
          ...(answered === false ? [" ADD silences :one"] : []),
        ].join(""),
        ConditionExpression: "attribute_exists(inside.#me)",
        ExpressionAttributeNames: { "#me": executionArn },
        ...(answered === false ? { ExpressionAttributeValues: marshall({ ":one": 1 }) } : {}),
      });
      const { silences = 0 } = unmarshall(left?.Attributes ?? {});
      if (answered !== false || silences < MOST_SILENCES) return;
      await update("Noting that the server is silent", door(server), {
        UpdateExpression: "SET silentUntil = :until",
        ExpressionAttributeValues: marshall({ ":until": after(now, SILENCE_MS) }),
      });
    },

    async silentAmong(servers, now) {
      if (servers.length === 0) return new Set();
      const Keys = servers.map((server) => marshall(door(server)));
      const { Responses } = await attempt("Looking for servers that are silent", () =>
        client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } })),
      );
      const silent = (Responses?.[table] ?? [])
        .map((item) => unmarshall(item))
        .filter(({ silentUntil = "" }) => silentUntil > now.toISOString());
      return new Set(silent.map(({ pk }) => pk.slice("server#".length)));
    },

    async takePlace(now, { everyMs, mostMs }) {
      const at = now.getTime();
      const free = await update("Taking a place in line", pace, {
        UpdateExpression: "SET freeAt = :next",
        ConditionExpression: "attribute_not_exists(freeAt) OR freeAt <= :now",
        ExpressionAttributeValues: marshall({ ":now": at, ":next": at + everyMs }),
      });
      if (free) return { waitMs: 0 };
      const later = await update("Taking a place in line", pace, {
        UpdateExpression: "SET freeAt = freeAt + :every",
        ConditionExpression: "freeAt <= :latest",
        ExpressionAttributeValues: marshall({ ":every": everyMs, ":latest": at + mostMs }),
      });
      if (later) return { waitMs: Math.max(0, unmarshall(later.Attributes ?? {}).freeAt - everyMs - at) };
      const { freeAt } = (await look(pace)) as { freeAt: number };
      return { waitMs: freeAt - at, full: true };
    },
  };
}

function verdictOn({ Attributes = {} }: UpdateItemCommandOutput): "entered" | "entered after silence" {
  return unmarshall(Attributes).silences ? "entered after silence" : "entered";
}

/** ISO 8601, by whom. */
type Inside = Readonly<Record<string, string>>;

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
