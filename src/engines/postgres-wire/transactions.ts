import type { Client } from "pg";

/** What a rehearsal by `rolledBack` says of itself. */
export const ROLLED_BACK = "The statements were run in a transaction that was rolled back.";

/** Does something in a transaction that is rolled back, whatever becomes of it. */
export async function rolledBack<Result>(
  client: Client,
  work: () => Promise<Result>,
  begin = "BEGIN",
): Promise<Result> {
  await client.query(begin);
  try {
    return await work();
  } finally {
    await client.query("ROLLBACK").catch(() => undefined);
  }
}

/** Does something in an open transaction, which goes on where that fails. */
export async function inSavepoint<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query("SAVEPOINT keyturn");
  try {
    return await work();
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT keyturn").catch(() => undefined);
    throw error;
  }
}

/** Runs statements in a transaction: all of them take effect, or none. */
export async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
