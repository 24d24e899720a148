import mysql from "mysql2";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { KeyturnError } from "../../errors.js";
import { keptPerCaFile } from "../authorities.js";
import type { ConnectRequest } from "../engine.js";
import { CERTIFICATE_FOR_OTHER_HOST, errorOf, READER_ENDPOINT } from "../error-rows.js";
import { authentication, isVerified, streamOf } from "./log-in.js";

/** Of the servers that speak the protocol the one that is meant, and what its sessions set beside the rest. */
export interface Server {
  readonly engine: "mysql" | "mariadb";
  readonly settings: string;
}

/** A connection of MySQL's protocol, and what its server said of it. */
export interface Wire {
  readonly connection: Connection;
  /** The account that was authenticated, and no other that it acts as. */
  readonly account: Account;
  readonly serverVersion: string;
  /** Runs one statement. Strings and names in it are quoted by `quote.ts`. */
  query<Row>(sql: string): Promise<Row[]>;
  /** Lets the server parse one statement and find out what it reads; it is not run. */
  prepare(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** A user and the hosts it may come from: only both together are a login. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

/**
 * Logs in. In every session, whatever the server's own settings: its character set is the one we write in, or a byte of a
 * name could swallow the backslash that escapes a quote; backslashes escape, back-ticks quote, and the server quotes
 * every name that it shows.
 */
export async function openWire(request: ConnectRequest, server: Server): Promise<Wire> {
  const { target, credential, caFile, connectTimeoutMs, statementTimeoutMs, onSocket } = request;
  const { options, refusal } = authentication(request);
  const core = mysql.createConnection({
    host: target.host,
    port: target.port,
    ...(target.database ? { database: target.database } : {}),
    user: credential.username,
    ...options,
    ...(target.tls ? { ssl: await tlsOptions(caFile) } : {}),
    connectTimeout: connectTimeoutMs,
    charset: "utf8mb4",
    multipleStatements: false,
    // A server may ask a client for its files; this one says that it has none to give.
    flags: ["-LOCAL_FILES"],
    // Names of columns, which a server chooses, become no code.
    disableEval: true,
  });
  resumeNothing(core);
  onSocket?.(streamOf(core));
  // Without a listener a server that goes away ends the process; whoever waits for an answer is told anyway.
  core.on("error", () => undefined);
  const greeting = await new Promise<Greeting>((resolve, reject) => {
    const done = (error: unknown, answer: Greeting) => (error ? reject(refusal() ?? error) : resolve(answer));
    core.connect(done as (error: unknown) => void);
  });
  const connection = core.promise();
  const query = async <Row>(sql: string): Promise<Row[]> => {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: statementTimeoutMs });
    return rows as unknown as Row[];
  };
  try {
    if (target.tls && !isVerified(streamOf(connection), target.host)) throw errorOf(CERTIFICATE_FOR_OTHER_HOST);
    if (isMariadb(greeting) !== (server.engine === "mariadb")) throw otherServer(server.engine);
    await query(`SET NAMES utf8mb4, SESSION sql_quote_show_create = 1, ${server.settings}`);
    const [facts] = await query<{ account: string; proxy: string | null; version: string; readOnly: number }>(
      "SELECT CURRENT_USER() AS account, @@proxy_user AS proxy, VERSION() AS version, " +
        "@@global.read_only OR @@global.innodb_read_only AS readOnly",
    );
    if (facts?.proxy) throw proxyUser(facts.proxy, facts.account);
    if (Number(facts?.readOnly) && !target.reader) throw errorOf(READER_ENDPOINT);
    return {
      connection,
      account: parseAccount(facts?.account ?? ""),
      serverVersion: facts?.version ?? "",
      query,
      prepare: async (sql) => (await connection.prepare(sql)).close(),
      close: () => connection.end(),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** What a server says before anybody has logged in; the driver hands it on, which its types do not say. */
interface Greeting {
  readonly serverVersion: string;
}

/** `5.5.5-10.11.18-MariaDB-log`. https://mariadb.com/docs/server/reference/clientserver-protocol/1-connecting/connection */
const isMariadb = ({ serverVersion }: Greeting) => /mariadb/i.test(serverVersion);

/** Each refuses what only the other has by an error of syntax, which would say nothing to whoever reads it. */
function otherServer(engine: Server["engine"]): KeyturnError {
  const [meant, found, other] = engine === "mysql" ? ["MySQL", "MariaDB", "mariadb"] : ["MariaDB", "MySQL", "mysql"];
  return new KeyturnError("InvalidSecretError", {
    code: "OtherServer",
    message: `The secret's "engine" means ${meant}, and the server is ${found}. Put "engine": "${other}" into the secret.`,
  });
}

/** The driver keeps one context for each such object. */
const tlsOptions = keptPerCaFile((ca) => ({
  rejectUnauthorized: true,
  verifyIdentity: true,
  minVersion: "TLSv1.2",
  ...(ca ? { ca } : {}),
}));

/**
 * With the context the driver would keep TLS sessions too, and resume them. A resumed one shows no certificate, in which the
 * host could be looked for.
 */
function resumeNothing(core: object): void {
  const connection = core as { startTLS(...args: unknown[]): void };
  const startTls = connection.startTLS.bind(connection);
  connection.startTLS = (...args) => {
    startTls(...args);
    streamOf(connection).removeAllListeners("session");
  };
}

/** https://dev.mysql.com/doc/refman/8.4/en/proxy-users.html */
function proxyUser(proxy: string, account: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "OtherLogin",
    message:
      `The server let the login ${proxy} act as ${JSON.stringify(account)}, as its proxy. Keyturn rotates logins that ` +
      "are themselves only: put such a one into the secret.",
  });
}

/** `CURRENT_USER()` gives `user@host`; a host has no `@`, a user may. */
function parseAccount(text: string): Account {
  const at = text.lastIndexOf("@");
  return { user: text.slice(0, at), host: text.slice(at + 1) };
}
