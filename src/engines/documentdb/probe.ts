import type { Document } from "mongodb";
import { KeyturnError } from "../../errors.js";
import type { Wire } from "./wire.js";

/** Commands that change nothing: without a replica set there is no transaction that could be rolled back. */
const READS: ReadonlySet<string> = new Set([
  "collStats",
  "connectionStatus",
  "count",
  "dbStats",
  "distinct",
  "find",
  "hello",
  "listCollections",
  "listIndexes",
  "ping",
]);

/**
 * A probe is a command of `READS` in words, `find orders` or `ping`, or as JSON, `{"count": "orders", "$db": "shop"}`.
 * Without `$db` it runs where the user logs in.
 */
export async function probe(wire: Wire, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await wire.command(commandOf(statement));
}

function commandOf(statement: string): Document {
  const command = statement.trimStart().startsWith("{") ? parsed(statement) : inWords(statement);
  if (READS.has(Object.keys(command)[0] ?? "")) return command;
  throw refusal(`It must be one of ${[...READS].join(", ")}.`);
}

function inWords(statement: string): Document {
  const [name = "", collection] = statement.trim().split(/\s+/);
  return { [name]: collection ?? 1, ...(name === "find" ? { limit: 1 } : {}) };
}

function parsed(statement: string): Document {
  try {
    return JSON.parse(statement) as Document;
  } catch {
    throw refusal("It is no JSON.");
  }
}

function refusal(why: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "ProbeRefused",
    message: `The secret's keyturn:probe is no command that only reads. ${why}`,
  });
}
