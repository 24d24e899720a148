import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Happening, type Placed, pageOf, refreshesOf, type TimelinePage } from "../../overview/timeline.js";
import type { RefreshRecord } from "../../rotation/consumers.js";
import type { RecordKind } from "../../rotation/ledger.js";
import { attempt } from "../attempt.js";
import { recordFrom } from "../records.js";

export interface TimelineRequest {
  readonly secretArn: string;
  /** Who may have been told of its rotations, by name. */
  readonly consumers?: readonly string[];
  readonly limit?: number;
  /** The `next` of the page before; absent: the newest. */
  readonly before?: string;
}

/** Of one consumer for one page: it may be told of many other secrets. */
const MOST_REFRESHES = 200;

/** A page of what happened to a secret's credential. Throws `KeyturnError`s only. */
export function timeline(client: DynamoDBClient, table: string): (request: TimelineRequest) => Promise<TimelinePage> {
  /** One kind, from a place on back, the newest first. */
  async function read(kind: RecordKind, of: string, { after = "", before, limit }: Range): Promise<Placed[]> {
    const pk = `${kind === "refresh" ? "consumer" : "secret"}#${of}`;
    const { Items = [] } = await attempt("Reading the audit records", () =>
      client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
          // "$" is what follows "#".
          ExpressionAttributeValues: marshall({
            ":pk": pk,
            ":from": `${kind}#${after}`,
            ":to": before === undefined ? `${kind}$` : `${kind}#${before}`,
          }),
          ScanIndexForward: false,
          // The one that the page before ended with is read again, and left out.
          Limit: limit + 2,
        }),
      ),
    );
    return Items.map((item) => placedFrom(kind, item)).filter(({ place }) => place !== before);
  }

  return async ({ secretArn, consumers = [], limit = 20, before }) => {
    const range = { limit, ...(before === undefined ? {} : { before }) };
    const kinds = ["rotation", "retirement", "change"] as const;
    const own = (await Promise.all(kinds.map((kind) => read(kind, secretArn, range)))).flat();
    if (consumers.length === 0) return pageOf(own, limit);
    const { happenings, next } = pageOf(own, limit);
    const after = next === undefined ? undefined : happenings.at(-1)?.at;
    const told = await Promise.all(
      consumers.map(async (name) => {
        const all = await read("refresh", name, { ...range, limit: MOST_REFRESHES, ...(after ? { after } : {}) });
        const records = all.map(({ happening }) => happening.record as RefreshRecord);
        const taken = refreshesOf(secretArn, rotationsIn(happenings), records);
        return all.filter(({ happening }) => taken.includes(happening.record as RefreshRecord));
      }),
    );
    return pageOf([...own, ...told.flat()], limit);
  };
}

interface Range {
  readonly after?: string;
  readonly before?: string;
  readonly limit: number;
}

function rotationsIn(happenings: readonly Happening[]): string[] {
  return happenings.flatMap((one) =>
    one.kind === "rotation" && ["succeeded", "rolled forward"].includes(one.record.outcome) ? [one.record.endedAt] : [],
  );
}

function placedFrom(kind: RecordKind, item: Record<string, AttributeValue>): Placed {
  const found = unmarshall(item);
  const place = String(found.sk).slice(kind.length + 1);
  const at = place.slice(0, place.indexOf("#"));
  return { place, happening: { kind, at, record: recordFrom(found) } as Happening };
}
