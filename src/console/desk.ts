import type { Execution } from "../overview/execution.js";
import type { Run } from "../overview/run.js";
import type { SecretStatus } from "../overview/secret-status.js";
import type { Happening, TimelinePage } from "../overview/timeline.js";
import type { Draft, Offered } from "../storing/draft.js";
import type { Definition } from "./pictures/machine-plan.js";

/** Why a rotation is asked for; it stands in the records. */
export interface Why {
  readonly reason: string;
  /** The credential before is made useless at once. */
  readonly leaked: boolean;
}

/**
 * All that pages know and can have done: with the credentials of whoever runs the command, and nothing beyond what other
 * commands do with them. No value of a secret comes out of it. Everything may throw what the SDK throws.
 */
export interface Desk {
  readonly stage: string;
  /** The region, or that it is the embedded cloud. */
  readonly where: string;
  readonly clock: () => Date;
  /** What a person is told of an error: a code, and a sentence that says what to do. */
  explain(error: unknown): { readonly code: string; readonly message: string };

  /** What is known by now; the list is read again where that is old. */
  fleet(): Promise<Fleet>;
  /** Has the list read again. */
  reload(): void;
  /** By ARN or name; undefined where it is none of this deployment's. `before`: the `next` of a timeline's page. */
  secret(secretId: string, before?: string): Promise<Secret | undefined>;
  /** Undefined where it is none of this deployment's machines. */
  execution(executionArn: string): Promise<ExecutionSeen | undefined>;
  audit(search: AuditSearch): Promise<Audited>;

  /** Each gives the ARN of the execution that it started. */
  check(secretId: string): Promise<string>;
  rotate(secretId: string, why: Why): Promise<string>;
  /** By one request, which is put on record. */
  rotateMany(secretIds: readonly string[], why: Why): Promise<string>;
  pause(secretId: string): Promise<void>;
  unpause(secretId: string): Promise<void>;

  /** What there is to choose from for whoever stores a secret. */
  offered(): Promise<Offered>;
  /** Logs in with the draft's credential, from here. Throws for what the database refuses. */
  tryLogin(draft: Draft): Promise<void>;
  /** Stores it, and gives its ARN. With the same token it is stored once. Throws for what AWS refuses. */
  store(draft: Draft, token: string): Promise<{ readonly arn: string }>;
}

export interface Fleet {
  readonly secrets: readonly SecretStatus[];
  readonly isWhole: boolean;
  readonly readAt: Date;
  /** Why it could not be read to its end. */
  readonly failed?: unknown;
}

export interface Secret {
  readonly status: SecretStatus;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The newest first. */
  readonly versions: ReadonlyArray<{
    readonly id: string;
    readonly labels: readonly string[];
    readonly createdAt?: Date;
  }>;
  readonly timeline: TimelinePage;
}

export type MachineName = "rotate-secret" | "check-secret" | "retire-secret" | "rotate-fleet";

export interface ExecutionSeen {
  readonly arn: string;
  readonly machine: MachineName;
  readonly definition: Definition;
  readonly execution: Execution;
  /** Of `rotate-fleet`. */
  readonly run?: Run;
  /** What it was started with, and what it put out: of others, and unproven. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
}

/** What is looked for in the records; what is empty holds of all. */
export interface AuditSearch {
  /** A part of the secret's name. */
  readonly secret: string;
  readonly outcome: string;
  /** A constant of `reasons.ts`, or the code of an error. */
  readonly reason: string;
  /** Days, as in 2026-11-28; both count whole, in UTC. */
  readonly from: string;
  readonly to: string;
}

export interface Audited {
  /** The newest first. */
  readonly happenings: readonly Happening[];
  /** How many secrets' records were looked at, and of how many whose names fit. */
  readonly looked: number;
  readonly of: number;
  /** Whether there is more than is shown. */
  readonly isCut: boolean;
}
