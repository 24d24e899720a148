import { readFileSync } from "node:fs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import mysql from "mysql2/promise";
import pg from "pg";
import { credentials, mysqlPool, pgPool } from "../../packages/client/src/client.js";
import type { Task } from "./messages.js";

/** An open connection. */
export interface Connection {
  query(sql: string): Promise<unknown>;
  close(): Promise<void>;
  /** Told when the other side ends it. */
  onDropped(listener: () => void): void;
}

/** One login, to be counted. */
export type Login = <Result>(attempt: () => Promise<Result>) => Promise<Result>;

/** How an application opens a connection. */
export type Open = () => Promise<Connection>;

interface Value {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string;
}

export function opener(task: Task, login: Login): Open {
  // The certificate is for this name.
  const common = { host: "localhost", ssl: { ca: readFileSync(task.caFile, "utf8") } };
  const { secretId, ttlMs } = task;
  const rotating = () => credentials({ secretId, ttlMs });
  if (task.driver === "pg") {
    if (task.application === "naive") {
      return naive(secretId, async ({ username: user, password, port, dbname: database }) => {
        const client = new pg.Client({ ...common, user, password, port, database });
        client.on("error", () => undefined);
        await login(() => client.connect());
        return ofPg(client, () => client.end());
      });
    }
    class Counted extends pg.Client {
      override connect(): Promise<pg.Client> {
        return login(() => super.connect());
      }
    }
    const pool = pgPool({ Client: Counted, Pool: pg.Pool }, rotating(), { ...common, max: 50 });
    pool.on("error", () => undefined);
    return async () => {
      const client = await pool.connect();
      client.on("error", () => undefined);
      return ofPg(client, async () => client.release(true));
    };
  }
  if (task.application === "naive") {
    return naive(secretId, async ({ username: user, password, port, dbname: database }) => {
      const connection = await login(() => mysql.createConnection({ ...common, user, password, port, database }));
      connection.on("error", () => undefined);
      return ofMysql(connection, () => connection.end());
    });
  }
  const pool = mysqlPool({ createPool: (options: mysql.PoolOptions) => counted(options, login) }, rotating(), common);
  return async () => {
    const connection = await pool.getConnection();
    connection.on("error", () => undefined);
    return ofMysql(connection, async () => connection.destroy());
  };
}

/** Reads the secret for each connection, and tries once. */
function naive(SecretId: string, connect: (value: Value) => Promise<Connection>): Open {
  const client = new SecretsManagerClient({});
  return async () => {
    const { SecretString = "{}" } = await client.send(new GetSecretValueCommand({ SecretId }));
    return connect(JSON.parse(SecretString) as Value);
  };
}

/** A pool each of whose logins is counted: here nothing else makes it wait. */
function counted(options: mysql.PoolOptions, login: Login): mysql.Pool {
  const pool = mysql.createPool({ ...options, connectionLimit: 50 });
  const core = pool.pool;
  const getConnection = core.getConnection.bind(core);
  core.getConnection = (callback) => {
    const connected = login(
      () =>
        new Promise<Parameters<typeof callback>[1]>((resolve, reject) =>
          getConnection((error, connection) => (error ? reject(error) : resolve(connection))),
        ),
    );
    void connected.then(
      (connection) => callback(null, connection),
      (error) => callback(error, undefined as never),
    );
  };
  return pool;
}

function ofPg(client: pg.ClientBase, close: () => Promise<void>): Connection {
  return { query: (sql) => client.query(sql), close, onDropped: (listener) => void client.on("end", listener) };
}

function ofMysql(connection: mysql.Connection, close: () => Promise<void>): Connection {
  return { query: (sql) => connection.query(sql), close, onDropped: (listener) => void connection.on("end", listener) };
}
