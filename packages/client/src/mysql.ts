import type { Credential } from "./credential.js";
import type { Credentials } from "./credentials.js";

/** What `import mysql from "mysql2"` or `from "mysql2/promise"` gives. */
export interface MysqlDriver {
  // biome-ignore lint/suspicious/noExplicitAny: the application's driver has the types.
  createPool(options: any): unknown;
}

/**
 * A pool of mysql2, with callbacks or promises, whose new connections log in with the newest credential; those that are
 * open stay. `options` are the pool's own: `host`, `port` and `database` are the secret's where they are not given, user
 * and password always. Each login has mysql2's `connectTimeout`; being tried again has no other end than `retryMs`.
 */
export function mysqlPool<Driver extends MysqlDriver>(
  driver: Driver,
  credentials: Credentials,
  options?: Exclude<Parameters<Driver["createPool"]>[0], string>,
): ReturnType<Driver["createPool"]> {
  const given: Given = { ...options };
  if (given.uri !== undefined)
    throw new TypeError("Give host, port and database, no uri: user and password are the secret's.");
  const pool = driver.createPool(given) as CorePool | { readonly pool: CorePool };
  logInAnew("pool" in pool ? pool.pool : pool, credentials, given);
  return pool as ReturnType<Driver["createPool"]>;
}

type Given = Readonly<Record<string, unknown>>;
type Callback = (error: unknown, connection?: unknown) => void;

/** What of mysql2 3's pool is used beyond its types. */
interface CorePool {
  readonly config: { readonly connectionConfig: Record<string, unknown> };
  readonly _freeConnections?: { readonly length: number };
  getConnection(callback: Callback): void;
}

/** `query` and `execute` of the pool, and its promises, all go through `getConnection`. */
function logInAnew(pool: CorePool, credentials: Credentials, given: Given): void {
  const getConnection = pool.getConnection.bind(pool);
  /** The pool calls again itself for those that waited until there was room. */
  const waiting = new WeakSet<Callback>();

  /** The pool copies the settings as it begins to connect, at once in `getConnection`. */
  const take = (credential: Credential, callback: Callback) => {
    Object.assign(pool.config.connectionConfig, login(credential, given));
    getConnection(callback);
  };

  pool.getConnection = (callback) => {
    // One that is open already needs no credential.
    if ((pool._freeConnections?.length ?? 0) > 0) return getConnection(callback);
    if (waiting.has(callback)) {
      void credentials.get().then((credential) => take(credential, callback), callback);
      return;
    }
    const connected = credentials.withCredential(
      (credential) =>
        new Promise((resolve, reject) => {
          const settle: Callback = (error, connection) => (error ? reject(error) : resolve(connection));
          waiting.add(settle);
          take(credential, settle);
        }),
    );
    void connected.then(
      (connection) => process.nextTick(callback, null, connection),
      (error) => process.nextTick(callback, error),
    );
  };
}

function login({ username, password, host, port, dbname }: Credential, given: Given): Record<string, unknown> {
  return {
    user: username,
    password,
    ...(given.host === undefined && given.socketPath === undefined && host !== undefined ? { host } : {}),
    ...(given.port === undefined && port !== undefined ? { port } : {}),
    ...(given.database === undefined && dbname !== undefined ? { database: dbname } : {}),
  };
}
