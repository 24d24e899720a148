import type { Wire } from "./wire.js";

/** Runs statements in a transaction that is rolled back. What Oracle commits by itself, DDL, stays. */
export async function probe({ execute }: Wire, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await execute(statement);
  await execute("ROLLBACK");
}
