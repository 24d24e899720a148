import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { Client } from "pg";
import type { ConnectRequest } from "../engine.js";

/** Logs in to a server of PostgreSQL's protocol, makes a session of the connection, or leaves none open. */
export async function openClient<Result>(
  request: ConnectRequest,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { default: pg } = await import("pg");
  const { target, credential } = request;
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    ...(target.database ? { database: target.database } : {}),
    user: credential.username,
    password: credential.password,
    ssl: target.tls ? await tlsOptions(target.host, request.caFile) : false,
    application_name: "keyturn",
    connectionTimeoutMillis: request.connectTimeoutMs,
    query_timeout: request.statementTimeoutMs,
  });
  // Without a listener a server that goes away ends the process; whoever waits for an answer is told anyway.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** `host` is what the certificate must be for; for an address pg would otherwise have Node check `localhost`. */
async function tlsOptions(host: string, caFile: string | undefined) {
  return {
    host,
    rejectUnauthorized: true,
    ...(caFile ? { ca: [...rootCertificates, await readFile(caFile, "utf8")] } : {}),
  };
}

/** Runs statements in a transaction that is rolled back. */
export async function probe(client: Client, statements: readonly string[]): Promise<void> {
  await client.query("BEGIN");
  for (const statement of statements) await client.query(statement);
  await client.query("ROLLBACK");
}

/** What a rehearsal by `rolledBack` says of itself. */
export const ROLLED_BACK = "The statements were run in a transaction that was rolled back.";

/** Does something in a transaction that is rolled back, whatever becomes of it. */
export async function rolledBack<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query("BEGIN");
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
