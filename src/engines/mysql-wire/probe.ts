import type { Wire } from "./connect.js";

/** Runs statements in a transaction that is rolled back. */
export async function probe({ query }: Wire, statements: readonly string[]): Promise<void> {
  await query("START TRANSACTION");
  for (const statement of statements) await query(statement);
  await query("ROLLBACK");
}
