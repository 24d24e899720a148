/** Milliseconds since 1970. */
export interface Moments {
  readonly from: number;
  readonly to: number;
}

/** What an application is told to do; it has AWS's own variables in its environment besides. */
export interface Task {
  readonly application: "keyturn client" | "naive";
  readonly driver: "pg" | "mysql2";
  readonly secretId: string;
  readonly caFile: string;
  /** Connections that it opens at first and keeps. */
  readonly held: number;
  /** Of the client, in ms. */
  readonly ttlMs: number;
}

/** What it has seen in the end. */
export interface Seen {
  /** Logins at the database, the client's own retries included. */
  readonly attempts: number;
  readonly refused: number;
  readonly gaps: readonly Moments[];
  readonly errors: number;
  readonly dropped: number;
  /** The first that it got, by its code. */
  readonly firstError?: string;
}
