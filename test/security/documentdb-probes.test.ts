import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { probe } from "../../src/engines/documentdb/probe.js";

// Whoever may tag a secret says what its login asks.

async function sentBy(...statements: string[]): Promise<Document[]> {
  const sent: Document[] = [];
  const wire = { username: "app", database: "admin", serverVersion: "5.0.0", close: async () => undefined };
  const command = async (one: Document) => {
    sent.push(one);
    return { ok: 1 };
  };
  try {
    await probe({ ...wire, command }, statements);
  } catch (error) {
    expect(error).toMatchObject({ name: "InvalidSecretError", code: "ProbeRefused" });
    expect(sent).toEqual([]);
    return [];
  }
  return sent;
}

describe("a probe on DocumentDB", () => {
  it.each<[string, Document]>([
    ["ping", { ping: 1 }],
    [" count  orders ", { count: "orders" }],
    ["find orders", { find: "orders", limit: 1, singleBatch: true }],
    ['{"find": "orders", "$db": "shop"}', { find: "orders", limit: 1, singleBatch: true, $db: "shop" }],
    [
      '{"count": "orders", "query": {"state": {"$in": ["new", "paid"]}, "$or": [{"n": {"$gt": 1}}, {"n": null}]}}',
      { count: "orders", query: { state: { $in: ["new", "paid"] }, $or: [{ n: { $gt: 1 } }, { n: null }] } },
    ],
    ['{"distinct": "orders", "key": "state"}', { distinct: "orders", key: "state" }],
    ['{"listCollections": 1}', { listCollections: 1 }],
  ])("reads: %s", async (statement, command) => {
    expect(await sentBy(statement)).toEqual([command]);
  });

  it.each([
    "",
    "{}",
    "[]",
    "null",
    "{no json",
    "drop orders",
    "ping now please",
    "ping; drop orders",
    "ping orders",
    "find",
    "count",
    "constructor",
    "__proto__",
    '{"drop": "orders"}',
    '{"aggregate": "orders", "pipeline": [{"$out": "stolen"}]}',
    '{"mapReduce": "orders", "map": "m", "reduce": "r", "out": "stolen"}',
    '{"eval": "db.orders.drop()"}',
    '{"$eval": "db.orders.drop()"}',
    '{"find": 1}',
    '{"find": {"drop": "orders"}}',
    '{"ping": {"drop": "orders"}}',
    '{"find": "orders", "drop": "orders"}',
    '{"find": "orders", "filter": {"$where": "steal()"}}',
    '{"find": "orders", "filter": {"a": [{"b": {"$where": "steal()"}}]}}',
    '{"find": "orders", "filter": {"$expr": {"$function": {"body": "steal", "args": [], "lang": "js"}}}}',
    '{"find": "orders", "filter": {"__proto__": {"$where": "steal()"}}}',
    '{"find": "orders", "projection": {"x": {"$function": {"body": "steal", "args": [], "lang": "js"}}}}',
    '{"find": "orders", "let": {"a": 1}}',
    '{"find": "orders", "tailable": true, "awaitData": true}',
    '{"find": "orders", "comment": "x"}',
    '{"find": "orders", "lsid": {"id": 1}, "txnNumber": 1, "startTransaction": true, "autocommit": false}',
    '{"find": "orders", "$readPreference": {"mode": "nearest"}}',
    '{"find": "orders", "$db": ["admin"]}',
    '{"find": "orders", "$db": "a.b"}',
    '{"find": "orders", "$db": ""}',
    '{"distinct": "orders", "key": {"$where": "steal()"}}',
    '{"distinct": "orders", "key": "n", "query": {"$where": "steal()"}}',
    '{"count": "orders", "query": {"$where": "steal()"}}',
    '{"count": "orders", "hint": "x"}',
    '{"hello": 1, "saslSupportedMechs": "admin.boss"}',
    '{"connectionStatus": 1, "showPrivileges": true}',
    '{"listCollections": 1, "filter": {"$where": "steal()"}}',
  ])("is refused before anything is sent: %s", async (statement) => {
    expect(await sentBy(statement)).toEqual([]);
    expect(await sentBy("ping", statement)).toEqual([]);
  });

  it("has the last of two fields of a name, and no more than it is looked at", async () => {
    expect(await sentBy('{"find": "orders", "filter": {"$where": "x"}, "filter": {"n": 1}}')).toEqual([
      { find: "orders", limit: 1, singleBatch: true, filter: { n: 1 } },
    ]);
  });
});
