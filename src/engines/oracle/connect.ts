import { generateKeyPairSync } from "node:crypto";
import oracledb, { type BindParameters, type Connection, type ConnectionAttributes } from "oracledb";
import { keptPerCaFile } from "../authorities.js";
import type { ConnectRequest, Credential } from "../engine.js";
import { errorOf, READER_ENDPOINT } from "../error-rows.js";
import { type DatabaseKey, descriptor } from "./descriptor.js";
import { dictionaryName } from "./names.js";
import { withoutRedirects } from "./redirects.js";

/** A logged-in connection, and what its server said of it. Tests have one without a server. */
export interface Wire {
  readonly account: Account;
  /** `19.12.0.0.0` */
  readonly serverVersion: string;
  query<Row>(sql: string, binds?: Readonly<Record<string, string>>): Promise<Row[]>;
  /** Runs one statement, of which at most the first row is fetched. Nothing is committed but by DDL itself. */
  execute(sql: string): Promise<void>;
  /** In the protocol, encrypted with the session's key; no statement. `user` as it was written to log in. */
  changePassword(user: string, current: string, password: string): Promise<void>;
  close(): Promise<void>;
}

export interface Account {
  /** SESSION_USER: the name as the dictionary has it. */
  readonly user: string;
  /** What the session logged in with. */
  readonly credential: Credential;
}

/**
 * Logs in, thin: there is no Oracle client. "dbname" may be a service or a SID, which only the listener knows: the SID
 * is asked for when it knows no such service. It says so before anyone logs in, so that costs no failed login.
 */
export async function openWire(request: ConnectRequest): Promise<Wire> {
  const { target, credential, caFile, connectTimeoutMs } = request;
  dictionaryName(credential.username);
  const connect = async (key: DatabaseKey) => {
    const attributes: ConnectionAttributes = {
      user: credential.username,
      password: credential.password,
      connectString: descriptor(target, key, connectTimeoutMs),
      ...(target.tls && caFile ? { walletContent: await wallet(caFile) } : {}),
    };
    return withoutRedirects(() => oracledb.getConnection(attributes));
  };
  const connection = await connect("SERVICE_NAME").catch((error: unknown) => {
    if (isUnknownService(error)) return connect("SID");
    throw error;
  });
  try {
    return await wireOf(connection, request);
  } catch (error) {
    await connection.close({ drop: true }).catch(() => undefined);
    throw error;
  }
}

/** NJS-518 is what the driver makes of the listener's ORA-12514. */
function isUnknownService(error: unknown): boolean {
  const { code, message = "" } = error as { code?: unknown; message?: string };
  return code === "NJS-518" || (code === "NJS-511" && message.includes("ORA-12514"));
}

/**
 * A "wallet" with Node's own authorities and those of the file. The driver hands it to Node as a key too, which refuses
 * a text without one, so a key that belongs to none of the certificates goes with it: no certificate of ours is shown.
 * It takes no context: it makes one for each login, of this.
 * https://node-oracledb.readthedocs.io/en/latest/api_manual/oracledb.html#oracledb.getConnection (walletContent)
 */
const wallet = keptPerCaFile((ca = []) => {
  const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  return [key, ...ca].join("\n");
});

async function wireOf(
  connection: Connection,
  { target, credential, statementTimeoutMs }: ConnectRequest,
): Promise<Wire> {
  connection.callTimeout = statementTimeoutMs;
  const run = async (sql: string, binds: BindParameters, maxRows: number) =>
    (await connection.execute(sql, binds, { outFormat: oracledb.OUT_FORMAT_OBJECT, autoCommit: false, maxRows })).rows;
  const query = async <Row>(sql: string, binds: BindParameters = {}) => ((await run(sql, binds, 0)) ?? []) as Row[];
  // https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SYS_CONTEXT.html (DATABASE_ROLE)
  const [facts] = await query<{ user: string; role: string }>(
    `SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS "user", SYS_CONTEXT('USERENV', 'DATABASE_ROLE') AS "role" FROM SYS.DUAL`,
  );
  if (!facts || (facts.role !== "PRIMARY" && !target.reader)) throw errorOf(READER_ENDPOINT);
  return {
    account: { user: facts.user, credential },
    serverVersion: connection.oracleServerVersionString,
    query,
    execute: async (sql) => {
      await run(sql, {}, 1);
    },
    changePassword: (user, current, password) => connection.changePassword(user, current, password),
    close: () => connection.close(),
  };
}
