import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest } from "../engine.js";

/** A connection of MySQL's protocol, and what its server said of it. */
export interface Wire {
  readonly connection: Connection;
  readonly account: Account;
  readonly serverVersion: string;
  /** Runs one statement. Strings and names in it are quoted by `text` and `account` below. */
  query<Row>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** A user and the hosts it may come from: only both together are a login. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

/** Logs in. Backslashes escape and back-ticks quote in every session, whatever the server's own mode. */
export async function openWire({
  target,
  credential,
  caFile,
  connectTimeoutMs,
  statementTimeoutMs,
}: ConnectRequest): Promise<Wire> {
  // A CommonJS module: what is named in Node.js stands under `default` in a bundle.
  const { default: mysql } = await import("mysql2/promise");
  const connection = await mysql.createConnection({
    host: target.host,
    port: target.port,
    ...(target.database ? { database: target.database } : {}),
    user: credential.username,
    password: credential.password,
    ...(target.tls ? { ssl: await tlsOptions(caFile) } : {}),
    connectTimeout: connectTimeoutMs,
    charset: "utf8mb4",
    // Clear text is for plugins such as PAM; a server must not be able to ask for it.
    enableCleartextPlugin: false,
    authPlugins: {},
  });
  // Without a listener a server that goes away ends the process; whoever waits for an answer is told anyway.
  connection.on("error", () => undefined);
  const query = async <Row>(sql: string): Promise<Row[]> => {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: statementTimeoutMs });
    return rows as unknown as Row[];
  };
  try {
    await query("SET SESSION sql_mode = ''");
    const [facts] = await query<{ account: string; version: string; readOnly: number }>(
      "SELECT CURRENT_USER() AS account, VERSION() AS version, @@global.read_only OR @@global.innodb_read_only AS readOnly",
    );
    if (Number(facts?.readOnly) && !target.reader) throw readerEndpoint();
    return {
      connection,
      account: parseAccount(facts?.account ?? ""),
      serverVersion: facts?.version ?? "",
      query,
      close: () => connection.end(),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function tlsOptions(caFile: string | undefined) {
  return {
    rejectUnauthorized: true,
    verifyIdentity: true,
    minVersion: "TLSv1.2",
    ...(caFile ? { ca: [...rootCertificates, await readFile(caFile, "utf8")] } : {}),
  };
}

function readerEndpoint(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "ReaderEndpoint",
    message: 'The server is read-only, a replica. Put the writer\'s end point into the secret as "host".',
  });
}

/** `CURRENT_USER()` gives `user@host`; a host has no `@`, a user may. */
function parseAccount(text: string): Account {
  const at = text.lastIndexOf("@");
  return { user: text.slice(0, at), host: text.slice(at + 1) };
}
