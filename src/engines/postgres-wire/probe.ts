import type { Client, QueryConfig } from "pg";
import { probeRefused } from "../refusals.js";
import { rolledBack } from "./transactions.js";

/** How a server runs the whole of a cursor's query without sending all of its rows. */
export interface Dialect {
  /** What is run first in the transaction. */
  readonly first?: string;
  readonly run: string;
}

/**
 * Runs statements in one READ ONLY transaction, which is rolled back. Each is declared as a cursor, and sent so that the
 * server takes no more than one: so it is the server's own parser that takes a query and nothing else, whatever the text
 * looks like. Throws `ProbeRefused` for any other, and for one whose functions try to change something.
 * https://www.postgresql.org/docs/current/sql-declare.html
 */
export async function probe(client: Client, statements: readonly string[], { first, run }: Dialect): Promise<void> {
  await rolledBack(
    client,
    async () => {
      if (first) await client.query(first);
      for (const statement of statements) {
        try {
          await client.query(alone(`DECLARE keyturn CURSOR FOR ${statement}`));
          await client.query(run);
          await client.query("CLOSE keyturn");
        } catch (error) {
          throw refusal(error as { code?: string; message: string });
        }
      }
    },
    "BEGIN READ ONLY",
  );
}

/** A query that the extended protocol carries, which knows no second statement. */
function alone(text: string): QueryConfig & { readonly queryMode: "extended" } {
  return { text, queryMode: "extended" };
}

/** By SQLSTATE. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const REFUSALS: ReadonlySet<string> = new Set([
  "42601", // no query, or more than one statement
  "0A000", // a query that changes data in a WITH
  "42P11", // a query that no cursor is made of
  "25006", // a change in a transaction that reads only
  "25001", // an attempt to have it read and write
  "2D000", // an attempt to end it
]);

function refusal(error: { code?: string; message: string }): unknown {
  const { code = "", message } = error;
  if (!REFUSALS.has(code)) return error;
  const cause = { name: "DatabaseError", code, sqlState: code, message };
  return probeRefused("It must be one query: SELECT, VALUES or TABLE.", cause);
}
