import { probeRefused } from "../refusals.js";
import type { Wire } from "./connect.js";

/**
 * Runs statements that read, in a READ ONLY transaction, where the server refuses every write, those of stored functions
 * too. That alone would not do: a change of a table's form, an account or a setting, or a procedure's COMMIT, ends the
 * transaction. So it is the server that says, by parsing and not running, that the statement can stand where only a
 * query can, and (with a parenthesis more it could end there and go on) that it is one whole statement by itself.
 */
export async function probe({ query, prepare }: Pick<Wire, "query" | "prepare">, statements: readonly string[]) {
  for (const statement of statements) {
    const sql = statement.trim().replace(/;$/, "");
    await query("START TRANSACTION READ ONLY");
    try {
      await prepare(`SELECT EXISTS (${sql}\n)`);
      await prepare(sql);
      await query(sql);
    } catch (error) {
      throw REFUSALS.has(Number((error as { errno?: unknown }).errno)) ? probeRefused(ONE_QUERY) : error;
    } finally {
      await query("ROLLBACK").catch(() => undefined);
    }
  }
}

/** Not a query, or one that would write: https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html */
const REFUSALS: ReadonlySet<number> = new Set([1064, 1065, 1221, 1248, 1295, 1327, 1792, 3954]);

const ONE_QUERY =
  "It must be one SELECT, VALUES or WITH; what a procedure does, or SHOW, may be asked by a SELECT of a function or of " +
  "information_schema.";
