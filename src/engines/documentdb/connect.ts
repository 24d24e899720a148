import { isIPv6 } from "node:net";
import mongodb, { type Document, type MongoClient } from "mongodb";
import { KeyturnError } from "../../errors.js";
import { secureContext } from "../authorities.js";
import type { ConnectRequest } from "../engine.js";
import { errorOf, READER_ENDPOINT } from "../error-rows.js";

/** A connection that is logged in, and what its server said of it. */
export interface Wire {
  readonly username: string;
  /** The database that users are kept in and log in to. */
  readonly database: string;
  readonly serverVersion: string;
  /** Runs a command, in that database unless it names another as `$db`. */
  command(command: Document): Promise<Document>;
  close(): Promise<void>;
}

/**
 * Logs in to exactly the server that the secret names: no other member of its cluster is looked for, and what it says of
 * others is not followed. The driver proves the password by SCRAM, whatever mechanisms the server names: none in which the
 * password itself is sent is asked for. DocumentDB has no retryable writes. https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
 */
export async function openWire(request: ConnectRequest): Promise<Wire> {
  const { target, credential, connectTimeoutMs, statementTimeoutMs } = request;
  const database = target.database ?? "admin";
  const client = new mongodb.MongoClient(`mongodb://${hostOf(target.host)}:${target.port}/`, {
    appName: "keyturn",
    auth: { username: credential.username, password: credential.password },
    authSource: database,
    directConnection: true,
    retryReads: false,
    retryWrites: false,
    maxPoolSize: 1,
    connectTimeoutMS: connectTimeoutMs,
    serverSelectionTimeoutMS: connectTimeoutMs,
    socketTimeoutMS: statementTimeoutMs,
    tls: target.tls,
    ...(target.tls ? { secureContext: await secureContext(request.caFile) } : {}),
  });
  // Without a listener a driver event of that name would end the process.
  client.on("error", () => undefined);
  const command = ({ $db = database, ...document }: Document) =>
    client.db($db).command(document, { timeoutMS: statementTimeoutMs });
  try {
    await Promise.race([client.connect(), unreachable(client)]);
    const status = await command({ connectionStatus: 1 });
    const server = await command({ hello: 1 });
    if (server.isWritablePrimary === false && !target.reader) throw errorOf(READER_ENDPOINT);
    const { version } = await command({ buildInfo: 1 });
    return {
      username: status.authInfo?.authenticatedUsers?.[0]?.user ?? "",
      database,
      serverVersion: String(version),
      command,
      close: () => client.close(),
    };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

/** Rejects with what keeps a server from being reached: the driver would look for it again until its time is over. */
function unreachable(client: MongoClient): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    client.once("serverHeartbeatFailed", ({ failure }) => reject(failure));
  });
  // It may fail later, when nobody waits for this any more.
  failed.catch(() => undefined);
  return failed;
}

/** Nothing that could go on in the address with a port, another host or an option. */
function hostOf(host: string): string {
  if (isIPv6(host)) return `[${host}]`;
  if (/^[\w.-]+$/.test(host) && !host.endsWith(".sock")) return host;
  throw new KeyturnError("InvalidSecretError", {
    code: "MalformedTarget",
    message: '"host" in the secret is no host name. It must be the bare name, without a port, an option or a slash.',
  });
}
