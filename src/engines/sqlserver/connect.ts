import tedious, { type Connection } from "tedious";
import { KeyturnError } from "../../errors.js";
import { keptPerCaFile } from "../authorities.js";
import type { ConnectRequest, Credential, Target } from "../engine.js";
import { errorOf, READER_ENDPOINT } from "../error-rows.js";
import { logIn } from "./log-in.js";
import type { Statement } from "./statement.js";
import { openSocket } from "./transport.js";

/** A logged-in connection, and what its server said of it. Tests have one without a server. */
export interface Wire {
  /** What the session logged in with. */
  readonly credential: Credential;
  readonly facts: Facts;
  query<Row>(statement: Statement): Promise<Row[]>;
  close(): Promise<void>;
}

export interface Facts {
  /** Who was authenticated, whatever the session acts as. */
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
  readonly database: string;
  /** Whether the database itself knows the user: https://learn.microsoft.com/sql/relational-databases/databases/contained-databases */
  readonly contained: boolean;
  /** Whether it is Azure SQL Database or the like: a database without a server, whose master no other database reaches. */
  readonly azure: boolean;
}

/**
 * Logs in, by TLS from the greeting on, to the server that the secret names and to no other: one that answers the login
 * with the address of another (a routing token, as Azure's) is not followed, because the password would be sent again.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/2b3eb7e5-d43d-4d1b-bf4d-76b9e3afc791
 */
export async function openWire(request: ConnectRequest): Promise<Wire> {
  const { target, credential, caFile, connectTimeoutMs, statementTimeoutMs } = request;
  let cut: Error | undefined;
  let opened = false;
  const connector = async () => {
    if (opened) cut = redirected();
    if (cut) throw cut;
    opened = true;
    return openSocket(request, (reason) => (cut = reason));
  };
  const connection = new tedious.Connection({
    server: target.host,
    authentication: { type: "default", options: { userName: credential.username, password: credential.password } },
    options: {
      connector,
      ...(target.database ? { database: target.database } : {}),
      appName: "keyturn",
      encrypt: target.tls,
      trustServerCertificate: false,
      connectTimeout: connectTimeoutMs,
      requestTimeout: statementTimeoutMs,
      connectionRetryInterval: 100,
      maxRetriesOnTransientErrors: 0,
      rowCollectionOnRequestCompletion: true,
      useColumnNames: false,
      cryptoCredentialsDetails: await authorities(caFile),
    },
  });
  // Without a listener a server that goes away ends the process; whoever waits for an answer is told anyway.
  connection.on("error", () => undefined);
  const close = closing(connection);
  const query = <Row>({ sql, parameters }: Statement) =>
    new Promise<Row[]>((resolve, reject) => {
      const asked = new tedious.Request(sql, (error, _count, rows) =>
        error ? reject(error) : resolve(rows.map(rowFrom<Row>)),
      );
      for (const [name, value] of Object.entries(parameters)) asked.addParameter(name, tedious.TYPES.NVarChar, value);
      connection.execSql(asked);
    });
  try {
    await logIn(connection);
    return { credential, facts: await askFacts(query, target), query, close };
  } catch (error) {
    connection.close();
    throw cut ?? error;
  }
}

/** The driver takes no context: it makes one for each login, of what it is given here. */
const authorities = keptPerCaFile((ca) => (ca ? { ca } : {}));

function redirected(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "Redirected",
    message:
      "The server answers the login with the address of another, to which no password is sent. Put the address of the " +
      'server itself into the secret as "host".',
  });
}

interface Column {
  readonly metadata: { readonly colName: string };
  readonly value: unknown;
}

function rowFrom<Row>(columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value])) as Row;
}

/** Says goodbye; a connection that has ended already says so no more. */
function closing(connection: Connection): () => Promise<void> {
  const ended = new Promise<void>((resolve) => void connection.once("end", () => resolve()));
  return () => {
    connection.close();
    return ended;
  };
}

interface Asked extends Omit<Facts, "contained" | "azure"> {
  readonly authenticatedIn: number | null;
  readonly updateability: string;
  readonly edition: number;
}

async function askFacts(
  query: <Row>(statement: Statement) => Promise<Row[]>,
  { reader }: Pick<Target, "reader">,
): Promise<Facts> {
  const [found] = await query<Asked>({ sql: FACTS, parameters: {} });
  const { authenticatedIn, updateability, edition, ...facts } = found as Asked;
  if (updateability === "READ_ONLY" && !reader) throw errorOf(READER_ENDPOINT);
  return { ...facts, contained: (authenticatedIn ?? 0) > 1, azure: WITHOUT_SERVER.has(edition) };
}

/**
 * Azure SQL Database, both pools of Azure Synapse, SQL database in Microsoft Fabric; a Managed Instance (8) is a server.
 * https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql (EngineEdition)
 */
const WITHOUT_SERVER: ReadonlySet<number> = new Set([5, 6, 11, 12]);

/** https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql */
const FACTS = `
  SELECT ORIGINAL_LOGIN() AS login, USER_NAME() AS actingAs, DB_NAME() AS [database],
         CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS serverVersion,
         CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128)) AS updateability,
         CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition,
         (SELECT authenticating_database_id FROM sys.dm_exec_sessions WHERE session_id = @@SPID) AS authenticatedIn`;
