import type { Document } from "mongodb";
import { probeRefused } from "../refusals.js";
import type { Wire } from "./connect.js";

/**
 * Commands that read, with the fields that each may have: without a replica set there is no transaction that could be READ
 * ONLY. They are put together anew from these, so that nothing else of a probe reaches the server.
 */
const READS: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ["collStats", []],
  ["connectionStatus", []],
  ["count", ["query"]],
  ["dbStats", []],
  ["distinct", ["key", "query"]],
  ["find", ["filter"]],
  ["hello", []],
  ["listCollections", []],
  ["listIndexes", []],
  ["ping", []],
]);

type Field = "query" | "filter" | "key";

/** Those that are about a collection, which they name. */
const OF_COLLECTIONS: ReadonlySet<string> = new Set(["collStats", "count", "distinct", "find", "listIndexes"]);

/** Comparisons. Others run a program on the server (`$where`, `$function` in `$expr`) or belong to updates. */
const OPERATORS: ReadonlySet<string> = new Set(
  ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists", "and", "or", "nor", "not"].map((name) => `$${name}`),
);

/**
 * A probe is a command of `READS` in words, `find orders` or `ping`, or as JSON, `{"count": "orders", "$db": "shop"}`.
 * Without `$db` it runs where the user logs in. All are looked at before the first is run.
 */
export async function probe(wire: Wire, statements: readonly string[]): Promise<void> {
  const commands = statements.map(commandOf);
  for (const command of commands) await wire.command(command);
}

function commandOf(statement: string): Document {
  const [[name, about], ...fields] = statement.trimStart().startsWith("{") ? inJson(statement) : inWords(statement);
  const known = READS.get(name);
  if (!known) throw probeRefused(`It must be one of ${[...READS.keys()].join(", ")}.`);
  const command: Document = {
    [name]: aboutOf(name, about),
    ...(name === "find" ? { limit: 1, singleBatch: true } : {}),
  };
  for (const [field, value] of fields) command[field] = fieldOf(known, field, value);
  return command;
}

type Entries = [first: [string, unknown], ...others: [string, unknown][]];

function inWords(statement: string): Entries {
  const [name = "", about = 1, ...more] = statement.trim().split(/\s+/);
  if (more.length > 0) throw probeRefused("In words it is a command and a collection.");
  return [[name, about]];
}

function inJson(statement: string): Entries {
  let parsed: unknown;
  try {
    parsed = JSON.parse(statement);
  } catch {
    throw probeRefused("It is no JSON.");
  }
  const [first, ...others] = Object.entries(parsed as object);
  if (!first) throw probeRefused("It is empty.");
  return [first, ...others];
}

function aboutOf(name: string, about: unknown): string | 1 {
  if (!OF_COLLECTIONS.has(name) && about === 1) return 1;
  if (OF_COLLECTIONS.has(name) && typeof about === "string" && about !== "") return about;
  throw probeRefused(
    OF_COLLECTIONS.has(name) ? `"${name}" takes the name of a collection.` : `"${name}" takes nothing.`,
  );
}

function fieldOf(known: readonly string[], field: string, value: unknown): unknown {
  if (field === "$db") {
    if (typeof value === "string" && /^[^\s/\\."$*<>:|?\0]+$/.test(value)) return value;
    throw probeRefused('"$db" is the name of a database.');
  }
  if (!known.includes(field)) throw probeRefused(`It may not have ${JSON.stringify(field)}.`);
  if (field === "key") {
    if (typeof value === "string" && !value.startsWith("$")) return value;
    throw probeRefused('"key" is the name of a field.');
  }
  return comparing(value);
}

/** A filter, made anew. Throws for one with an operator that does more than to compare. */
function comparing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key === "__proto__" || (key.startsWith("$") && !OPERATORS.has(key)))
      throw probeRefused(`A filter may not have ${JSON.stringify(key)}.`);
    return [key, comparing(inner)];
  });
  return Object.fromEntries(entries);
}
