/**
 * What a kind of database must be able to do. One folder under `src/engines` implements it; `registry.ts` names it;
 * `guard.ts`, put around every session, gives time-outs and turns driver errors into ours.
 */
export interface Engine {
  /** The folder's name, and what audit records call it. */
  readonly name: string;
  /** Values of the secret's `engine` key that mean this engine, e.g. `postgres` and `aurora-postgresql`. */
  readonly accepts: readonly string[];
  readonly traits: Traits;
  /**
   * The logins that a rotation of this one may change, as the server folds names, so that two spellings of one login are
   * equal. With alternating users, every name that may be the other of the pair. Needs no driver and no server.
   */
  loginsOf(username: string, strategy: StrategyName): readonly string[];
  /**
   * Logs in anew. The driver came with the engine, so that `connectTimeoutMs` is all the server's. Throws the driver's own
   * errors, also when they come later on the connection: a session never lets a driver event crash the process.
   */
  connect(request: ConnectRequest): Promise<Session>;
  /** Turns a driver's error into a row of the engine's table, or `undefined` for one it does not know. */
  classify(error: unknown): Classification | undefined;
}

/** How a new credential becomes valid: `src/rotation` has them. */
export type StrategyName = "single-user" | "alternating-users" | "dual-password";

/** What differs between engines and is no behaviour. An engine says only what is not the default: see `traits.ts`. */
export interface Traits {
  /** No default. */
  readonly defaultPort: number;
  /** The database to enter when the secret names none. Default: none, what the server does then counts. */
  readonly defaultDatabase?: string;
  readonly username: {
    /** No default. */
    readonly max: number;
    /** What `max` counts. Default: characters. */
    readonly unit: "bytes" | "characters";
  };
  readonly password: {
    /** Characters. Default: 8. */
    readonly min: number;
    /** Characters. No default. */
    readonly max: number;
    /** Characters the engine refuses or cannot carry. Default: none. */
    readonly forbidden: string;
    /** Kinds of characters that the engine insists on. Default: none. */
    readonly required?: ReadonlyArray<"lowercase" | "uppercase" | "numbers" | "punctuation">;
  };
  /** Whether one login can have two valid passwords at once. Default: false. */
  readonly dualPassword: boolean;
  /** Whether each database has logins of its own, so that one name in two of them is two logins. Default: false. */
  readonly loginsPerDatabase?: boolean;
  /**
   * Whether a database may keep logins of its own beside the server's, so that one name may be two logins: which of them it is,
   * only a session says (`keptIn`). Default: false.
   */
  readonly databasesMayKeepLogins?: boolean;
  /**
   * Whether an admin does its work in the application's database, because rights or logins are kept in each. Default:
   * false, it enters its own secret's, where no application makes anything that its session could run.
   */
  readonly adminEntersApplications?: boolean;
  /**
   * Whether who owns a login or a database can make logins wait, and the engine knows no socket that tells this from a server that
   * is silent. Default: false.
   */
  readonly ownersMayDelayLogins?: boolean;
}

/** Where an engine connects. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database?: string;
  /** TLS with the certificate verified, unless the secret says `"ssl": false`. Never stepped down. */
  readonly tls: boolean;
  /** Whether a read-only replica will do, because nothing is to be changed there. Else one is refused. */
  readonly reader?: true;
}

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface ConnectRequest {
  readonly target: Target;
  readonly credential: Credential;
  /**
   * What the server may ask for besides a proof of the password: `md5` (an old hash of it, that can be guessed at) or
   * `clear text` (LDAP, PAM; md5 too). Default: nothing, such a server is refused before it is answered. Redshift's
   * hashes are its own and need no leave.
   */
  readonly mayAskFor?: "md5" | "clear text";
  /**
   * File with the certificate authorities to trust beside Node's own, PEM; read at every login. Default: Node's own and
   * `NODE_EXTRA_CA_CERTS`.
   */
  readonly caFile?: string;
  /** Milliseconds to connect and log in. */
  readonly connectTimeoutMs: number;
  /** Milliseconds one statement may take. */
  readonly statementTimeoutMs: number;
  /**
   * Told of the socket, by an engine that knows it: a server that has sent a byte is not silent, however long its login then
   * takes.
   */
  readonly onSocket?: (socket: { readonly bytesRead: number }) => void;
}

/** A logged-in connection. */
export interface Session {
  /** Which login was authenticated (`session_user`), which role it acts as (`current_user`), and the server. */
  whoAmI(): Promise<Who>;
  /**
   * Whether the server lets the login do everything: a superuser, sysadmin, SYSDBA, root or the like; docs/engines says
   * who is. Asked of admins only.
   */
  isSuperuser(): Promise<boolean>;
  /** Changes the password of the login itself. Called again with the same password it succeeds. */
  changeOwnPassword(request: { password: string }): Promise<PasswordReport>;
  /**
   * As an admin: changes another login's password. Called again with the same password it succeeds. Throws `AdminItself`
   * for the session's own login.
   */
  setPassword(request: { username: string; password: string }): Promise<PasswordReport>;
  /**
   * Gives a login a second password beside `current`, both valid at once and `current` at every moment; any other that
   * it had is forgotten. Of the session's own login, or as an admin of another's. Called again it succeeds. Engines
   * without `traits.dualPassword` do not have it.
   */
  addPassword?(request: { username: string; current: string; password: string }): Promise<PasswordReport>;
  /**
   * Which two names alternate, judged by a mark that only an admin can have set, never by what a login may set for itself
   * (its settings, its comments, memberships that it hands out) and not by its name alone. A login that is no clone is a
   * base. Throws when the name of the other would not fit.
   */
  pair(): Promise<Pair>;
  /**
   * As an admin: makes one of the pair ready to be logged in as, with this password and (with `grants: "sync"`) the
   * rights and the ownership of the other brought in line, given and taken. `grants: "keep"` changes the password
   * only, and throws when the login does not exist. Throws, before anything is changed, for two logins that are not
   * marked as a pair (`CloneNameTaken`), for a base that may not log in and was not retired by us (`BaseCannotLogIn`), for
   * the session's own login (`AdminItself`). Called again it succeeds without a second change.
   */
  alternate(request: { pair: Pair; password: string; grants: "sync" | "keep" }): Promise<AlternateReport>;
  /**
   * Makes an old credential useless. Called again it succeeds.
   *
   * Of a pair, as an admin: the login `pair.next` gets a password that nobody knows, and is barred until `alternate` makes
   * it ready again. Throws as `alternate` does for what is no pair. Of one login with two passwords: it has only `keep`
   * afterwards, which is one of the two; of the session's own login, or as an admin of another's. Engines without
   * `traits.dualPassword` throw `NoDualPassword`.
   */
  retire(request: { readonly pair: Pair } | { readonly username: string; readonly keep: KeptPassword }): Promise<void>;
  /**
   * How many sessions of a login are open, this one not counted; `undefined` where the server does not let them be seen.
   * A number that may be less than the truth is never given.
   */
  sessionsOf?(username: string): Promise<number | undefined>;
  /**
   * Whether the session may make a change that a rotation would ask of it, found out without changing anything; no lock
   * is held for longer than the statements take. Says how it was found out, in a sentence. Throws what the change would
   * throw: `AccessDeniedError` with the statement that a person must run, and the refusals of `alternate`. Engines that
   * cannot tell do not have it.
   */
  rehearse?(change: Change): Promise<string>;
  /**
   * Runs the secret's own statements, each one statement that reads: SELECT, VALUES, or the call of a named object, in a
   * READ ONLY transaction where the engine has one. What a statement is the server says, not its first word. Throws
   * `ProbeRefused`, before it has any effect, for any other, and at the first that fails.
   */
  probe(statements: readonly string[]): Promise<void>;
  /** Never throws; may be called twice. */
  close(): Promise<void>;
}

/** As whom the server let the session in. */
export interface Who {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
  /** The database that keeps the login by itself, where the server does not. */
  readonly keptIn?: string;
}

/** A change that `changeOwnPassword`, `setPassword`, `addPassword` or `alternate` would make. */
export type Change =
  | { readonly kind: "own password" }
  | { readonly kind: "password"; readonly username: string }
  | { readonly kind: "second password"; readonly username: string }
  | { readonly kind: "pair"; readonly pair: Pair; readonly grants: "sync" | "keep" };

export interface KeptPassword {
  readonly password: string;
  /** Whether it is the one that was set last. */
  readonly newest: boolean;
}

export interface Pair {
  readonly base: string;
  readonly clone: string;
  /** The one of the two that is not the login now in use, and is to be made ready. */
  readonly next: string;
  /**
   * The database that keeps both by itself, where the server does not. An admin that is kept elsewhere refuses them: the
   * same name may be somebody else there. It goes with the pair wherever the pair goes.
   */
  readonly keptIn?: string;
}

/** How a password reached the server. In clear text it may stand in the server's logs, so that is said. */
export interface PasswordReport {
  /** `masked`: in clear text, which the server itself keeps out of its logs. */
  readonly sentAs: "verifier" | "masked" | "clear text";
}

/** What `alternate` did, in identifiers only. */
export interface AlternateReport extends PasswordReport {
  readonly created: boolean;
  readonly granted: readonly string[];
  readonly revoked: readonly string[];
  /** What the two still differ in, because others gave it and the admin may neither hand it on nor take it. Absent: nothing. */
  readonly left?: readonly string[];
}

/** A row of an engine's error table. The guard adds the redacted cause. */
export interface Classification {
  readonly name: import("../errors.js").ErrorName;
  readonly code: string;
  /** Says what to do next. */
  readonly message: string;
}
