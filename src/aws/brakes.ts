import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Brakes, MOST_SILENCES, NEXT_TRY_MS, SILENCE_MS, STAY_MS, UNHEARD_MS } from "../rotation/brakes.js";
import { attempt, conditionally } from "./attempt.js";

/**
 * The brakes, in the ledger's table:
 *
 *     pk                          sk      holds
 *     server#<engine host:port>   door    who is inside and until when at most; which of those that are kept apart came in last; when the server last answered, or until when it is silent
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

  const enter: Brakes["enter"] = async (server, executionArn, now, { atOnce, evenIfSilent, noneSince }) => {
    const entered = () =>
      update("Entering the server's door", door(server), {
        UpdateExpression: `SET inside.#me = :until${noneSince ? ", lastIn = :me, lastInAt = :now" : ""}`,
        ConditionExpression: [
          "attribute_exists(inside) AND (size(inside) < :most OR attribute_exists(inside.#me))",
          ...(evenIfSilent ? [] : ["(attribute_not_exists(silentUntil) OR silentUntil <= :now)"]),
          ...(noneSince ? ["(attribute_not_exists(lastInAt) OR lastInAt <= :noneSince OR lastIn = :me)"] : []),
        ].join(" AND "),
        ExpressionAttributeNames: { "#me": executionArn },
        ExpressionAttributeValues: marshall({
          ":until": after(now, STAY_MS),
          ":most": atOnce,
          ...(evenIfSilent && !noneSince ? {} : { ":now": now.toISOString() }),
          ...(noneSince ? { ":me": executionArn, ":noneSince": noneSince.toISOString() } : {}),
        }),
      });
    const enteredOrBack = async ({ Attributes = {} }: UpdateItemCommandOutput) => {
      const seen = unmarshall(Attributes);
      if (evenIfSilent || !isUnheard(seen, executionArn, now))
        return seen.silences ? "entered after silence" : "entered";
      await leave(server, executionArn, now, { unchanged: true });
      return "ServerBusy";
    };
    const at = await entered();
    if (at) return enteredOrBack(at);
    const found: Door = await look(door(server));
    const { inside, lastIn } = found;
    if (!evenIfSilent && isSilent(found, now)) return "ServerSilent";
    if (lastIn !== executionArn && isStaggered(found, noneSince)) return "Staggered";
    if (!inside) await hang(server);
    // One that is not full was made, or left, between the refusal and the look.
    else if (Object.keys(inside).length >= atOnce && !(await turnOut(server, inside, now))) return "ServerBusy";
    const again = await entered();
    if (again) return enteredOrBack(again);
    return isStaggered(await look(door(server)), noneSince) ? "Staggered" : "ServerBusy";
  };

  const leave: Brakes["leave"] = async (server, executionArn, now, { answered, unchanged = false }) => {
    const left = await update("Leaving the server's door", door(server), {
      UpdateExpression: [
        "REMOVE inside.#me",
        ...(answered ? [", silences, silentUntil SET heardAt = :now"] : []),
        ...(answered === false ? [" ADD silences :one"] : []),
      ].join(""),
      ConditionExpression: "attribute_exists(inside.#me)",
      ExpressionAttributeNames: { "#me": executionArn },
      ...(answered === undefined
        ? {}
        : { ExpressionAttributeValues: marshall(answered ? { ":now": now.toISOString() } : { ":one": 1 }) }),
    });
    const { silences = 0, lastIn } = unmarshall(left?.Attributes ?? {});
    if (unchanged && lastIn === executionArn)
      await update("Letting the next in at once", door(server), {
        UpdateExpression: "REMOVE lastIn, lastInAt",
        ConditionExpression: "lastIn = :me",
        ExpressionAttributeValues: marshall({ ":me": executionArn }),
      });
    if (answered !== false || silences < MOST_SILENCES) return;
    await update("Noting that the server is silent", door(server), {
      UpdateExpression: "SET silentUntil = :until",
      ExpressionAttributeValues: marshall({ ":until": after(now, SILENCE_MS) }),
    });
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

    leave,

    async closedAmong(servers, now, noneSince) {
      if (servers.length === 0) return new Map();
      const Keys = servers.map((server) => marshall(door(server)));
      const { Responses } = await attempt("Looking for servers that let nobody in", () =>
        client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } })),
      );
      const closed = new Map<string, "ServerSilent" | "Staggered">();
      for (const item of Responses?.[table] ?? []) {
        const { pk, ...found } = unmarshall(item);
        const server = String(pk).slice("server#".length);
        if (isSilent(found, now)) closed.set(server, "ServerSilent");
        else if (isStaggered(found, noneSince)) closed.set(server, "Staggered");
      }
      return closed;
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

interface Door {
  readonly inside?: Inside;
  /** Of those that are kept apart. */
  readonly lastIn?: string;
  /** ISO 8601, as the others. */
  readonly lastInAt?: string;
  readonly silentUntil?: string;
  readonly heardAt?: string;
}

function isSilent({ silentUntil = "" }: Door, now: Date): boolean {
  return silentUntil > now.toISOString();
}

/** Whether some others have waited for an answer for long, nobody had one since they came in, and the last came but now. */
function isUnheard({ inside = {}, heardAt = "" }: Door, me: string, now: Date): boolean {
  const cameIn = Object.entries(inside)
    .filter(([who, until]) => who !== me && until > now.toISOString())
    .map(([, until]) => after(new Date(until), -STAY_MS));
  const waiting = cameIn.filter((at) => at > heardAt && at <= after(now, -UNHEARD_MS));
  return waiting.length >= MOST_SILENCES && cameIn.some((at) => at > after(now, -NEXT_TRY_MS));
}

function isStaggered({ lastInAt = "" }: Door, noneSince: Date | undefined): boolean {
  return noneSince !== undefined && lastInAt > noneSince.toISOString();
}

/** ISO 8601, by whom. */
type Inside = Readonly<Record<string, string>>;

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
