import { EventEmitter } from "node:events";
import type { Credential } from "./credential.js";
import type { Credentials } from "./credentials.js";

// biome-ignore lint/suspicious/noExplicitAny: the application's driver has the types.
type Any = any;

/** A class like `pg.Client`. */
export type PgClientClass = new (config?: Any) => { connect(): Promise<unknown>; end(): Promise<unknown> };

/** What `import pg from "pg"` gives. */
export interface PgDriver {
  readonly Client: PgClientClass;
  readonly Pool: new (config?: Any) => unknown;
}

/**
 * A `pg.Pool` whose new connections log in with the newest credential; those that are open stay. `options` are the
 * pool's own: `host`, `port` and `database` are the secret's where they are not given, user and password always.
 */
export function pgPool<Driver extends PgDriver>(
  driver: Driver,
  credentials: Credentials,
  options?: ConstructorParameters<Driver["Pool"]>[0],
): InstanceType<Driver["Pool"]> {
  const config = refuseConnectionString(options);
  return new driver.Pool({ ...config, Client: pgClient(driver.Client, credentials) }) as InstanceType<Driver["Pool"]>;
}

/**
 * `pg.Client` with a `connect` that takes user and password from the secret and tries again as `withCredential` does, for
 * `connectionTimeoutMillis` at most where that is set. For a client of its own, or a pool's option `Client`.
 */
export function pgClient<Client extends PgClientClass>(Base: Client, credentials: Credentials): Client {
  const Driver = Base as unknown as new (config: Config) => Internals;

  class RotatingClient extends Driver {
    readonly #config: Config;
    readonly #stop = new AbortController();
    #called = false;
    #connecting = true;

    constructor(config?: Config) {
      super(refuseConnectionString(config ?? {}));
      this.#config = { ...config };
    }

    override connect(callback?: Callback): Promise<unknown> | undefined {
      // The driver says that a client connects once only.
      const connected = this.#called ? super.connect() : this.#connect();
      this.#called = true;
      if (!callback) return connected;
      connected?.then(
        () => process.nextTick(callback, null, this),
        (error) => process.nextTick(callback, error),
      );
      return undefined;
    }

    override end(...given: unknown[]): Promise<unknown> | undefined {
      this.#stop.abort(new Error("Connection terminated"));
      return super.end(...given);
    }

    /** Queries that wait for the connection wait for the next try, too. */
    override _errorAllQueries(error: unknown): void {
      if (!this.#connecting) super._errorAllQueries(error);
    }

    async #connect(): Promise<this> {
      const timeoutMs = Number(this.#config.connectionTimeoutMillis) || 0;
      const { signal } = this.#stop;
      const timer = timeoutMs > 0 ? setTimeout(() => this.#timeOut(), timeoutMs) : undefined;
      try {
        await Promise.race([
          credentials.withCredential((credential) => this.#tryOnce(credential), { signal }),
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        ]);
        return this;
      } catch (error) {
        super._errorAllQueries(error);
        throw error;
      } finally {
        this.#connecting = false;
        clearTimeout(timer);
      }
    }

    #timeOut(): void {
      this.#stop.abort(new Error("timeout expired"));
      this.connection?.stream.destroy();
    }

    async #tryOnce(credential: Credential): Promise<void> {
      this.#stop.signal.throwIfAborted();
      becomeNew(this, new Driver(withLogin(this.#config, credential)));
      try {
        await super.connect();
      } catch (error) {
        abandon(this);
        throw error;
      }
    }
  }
  return RotatingClient as unknown as Client;
}

type Config = Readonly<Record<string, unknown>>;
type Callback = (error: unknown, client?: unknown) => void;

/** What of pg 8's client is used beyond its types. */
interface Internals {
  connection?: EventEmitter & { stream: { destroy(): void } };
  _ended: boolean;
  /** Refuses what was asked before there was a connection. */
  _errorAllQueries(error: unknown): void;
  connect(callback?: Callback): Promise<unknown> | undefined;
  end(...given: unknown[]): Promise<unknown> | undefined;
}

function withLogin(config: Config, { host, port, dbname, username, password }: Credential): Config {
  return {
    ...config,
    host: config.host ?? host,
    port: config.port ?? port,
    database: config.database ?? dbname,
    user: username,
    password,
  };
}

const OF_EMITTERS = Reflect.ownKeys(new EventEmitter());
/** What the application may have given a client before it connects: parsers of types, and queries that wait. */
const OF_APPLICATION = [
  "_types",
  "_queryQueue",
  // Before pg 8.17.
  "queryQueue",
];
const KEPT: ReadonlySet<string | symbol> = new Set([...OF_EMITTERS, ...OF_APPLICATION]);

/**
 * A client that failed to connect cannot connect again, and a pool knows its clients by identity. So the client takes on
 * the state of one just made, and keeps who listens to it and what it was given.
 */
function becomeNew(client: object, fresh: object): void {
  for (const key of Reflect.ownKeys(fresh)) {
    if (KEPT.has(key)) continue;
    Object.defineProperty(client, key, Object.getOwnPropertyDescriptor(fresh, key) as PropertyDescriptor);
  }
}

/** So that nothing the refused connection does later reaches the client. */
function abandon(client: Internals): void {
  client._ended = true;
  client.connection?.removeAllListeners();
  client.connection?.on("error", () => undefined);
  client.connection?.stream.destroy();
}

function refuseConnectionString<Options>(options: Options): Options {
  if (typeof options === "string" || (Object(options) as { connectionString?: unknown }).connectionString !== undefined)
    throw new TypeError("Give host, port and database, no connection string: user and password are the secret's.");
  return options;
}
