/**
 * What a rotation needs of the world. `src/lambda/world.ts` fills it with AWS and the engines, `test/rotation/imagined.ts`
 * with a world in memory.
 */
import type { ConnectRequest, Engine, Session } from "../engines/engine.js";
import type { DatabaseSecret } from "../secrets/format.js";
import type { Brakes } from "./brakes.js";
import type { Ledger } from "./ledger.js";
import type { Rules } from "./rules.js";

/** A secret without its value. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Version ids and the staging labels on each; a version without labels does not appear. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** The AWS service that rotates the secret by itself, e.g. `rds`. */
  readonly owningService?: string;
  /** Whether Secrets Manager's own rotation is on. */
  readonly rotationEnabled: boolean;
  /** The ARN of the function that it invokes, or invoked when it was on. */
  readonly rotationFunction?: string;
  /** After how many days, by its schedule. */
  readonly rotationDays?: number;
  /** The region whose secret this one is a copy of; absent where it is no replica. */
  readonly replicaOf?: string;
  readonly replicas: number;
  /** The regions that the newest version is still on its way to. */
  readonly replicasBehind: readonly string[];
  /** The regions that could not take it. */
  readonly replicasFailed: readonly string[];
  readonly createdAt?: Date;
  /** When anything of the secret was changed last, its tags and its value among it. */
  readonly changedAt?: Date;
  /** When Secrets Manager's own rotation last succeeded. Of Keyturn's, those set it that go through it. */
  readonly lastRotatedAt?: Date;
  readonly deletedAt?: Date;
}

/** One version of a secret with its value. */
export interface StoredVersion {
  readonly secretArn: string;
  readonly secretName: string;
  readonly versionId: string;
  /** `undefined` for a binary value. */
  readonly text: string | undefined;
  /** A version's value never changes, so it is as old as the version. */
  readonly createdAt?: Date;
}

/** Secrets Manager, in the words of a rotation. Throws `KeyturnError`s only; every method may be called again. */
export interface SecretStore {
  describe(secretId: string): Promise<SecretDescription>;
  /** The version with AWSCURRENT. */
  current(secretArn: string): Promise<StoredVersion>;
  /** The AWSCURRENT versions of several secrets (at most 20) in one call, in the order asked for. */
  currentOf(secretArns: readonly string[]): Promise<StoredVersion[]>;
  /** A version by its id; `undefined` when there is none or it is empty. */
  version(secretArn: string, versionId: string): Promise<StoredVersion | undefined>;
  /** Stores a new version under AWSPENDING. `taken`: the id already has another value, which stays. */
  putPending(secretArn: string, versionId: string, value: string): Promise<"stored" | "taken">;
  /** Moves AWSCURRENT; `moved: false` when the label was not on `from` any more. */
  moveCurrent(secretArn: string, move: { from: string; to: string }): Promise<{ moved: boolean }>;
  /** Puts a label of our own on a version, from wherever it is; no error when it is there. */
  keep(secretArn: string, label: string, move: { from?: string; to: string }): Promise<void>;
  /** Takes a label off a version; no error when it is not there. */
  drop(secretArn: string, label: string, versionId: string): Promise<void>;
}

/** Where to log in, and as whom. */
export interface Access
  extends Pick<DatabaseSecret, "engine" | "host" | "port" | "database" | "tls" | "username" | "password">,
    Pick<ConnectRequest, "mayAskFor"> {}

/** The databases. `login` throws `KeyturnError`s only. */
export interface Databases {
  /** Which engine a secret's `engine` key means, without loading its driver. Throws `UnknownEngine`. */
  engine(name: string): Pick<Engine, "name" | "traits" | "loginsOf">;
  /** Logs in anew. `reader`: a read-only replica will do. */
  login(access: Access, options?: { readonly reader?: boolean }): Promise<Session>;
}

/** An execution as Step Functions knows it. */
export interface KnownExecution {
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` or `PENDING_REDRIVE`. */
  readonly status: string;
  readonly startedAt: Date;
  /** What it was started with, JSON. */
  readonly input: string;
  /** What it put out, JSON, where it succeeded. */
  readonly output?: string;
  /** How it failed, where it did so by itself. */
  readonly error?: string;
  readonly cause?: string;
}

export interface Executions {
  /** `undefined` for an execution that is not known, or not any more: then it has ended. */
  lookUp(executionArn: string): Promise<KnownExecution | undefined>;
}

/** Where a database server is reached. */
export interface DatabaseServer {
  /** As a secret's `engine` key names it. */
  readonly engine: string;
  readonly host: string;
  readonly port: number;
}

/** The servers whose admin secret AWS manages. Throws `KeyturnError`s only. */
export interface ManagedServers {
  /** By the tags that AWS put on the secret, in the secret's account. Throws `MissingKey` for one that AWS does not manage. */
  ofTags(secretArn: string, tags: Readonly<Record<string, string>>): Promise<DatabaseServer>;
}

/** What a phase reaches. */
export interface Reach {
  readonly secrets: SecretStore;
  readonly servers: ManagedServers;
  readonly databases: Databases;
  readonly rules: Rules;
}

/** What the beginning and the end of a rotation reach besides. */
export interface World extends Reach {
  readonly ledger: Ledger;
  readonly brakes: Brakes;
  readonly executions: Executions;
  readonly clock: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}
