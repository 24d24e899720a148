/** The ledger: which execution may rotate a secret now, and what became of every rotation. */
import type { Refresh, RefreshRecord } from "./consumers.js";

export type Outcome = "succeeded" | "skipped" | "failed" | "rolled back" | "rolled forward" | "needs attention";

/** What is remembered of a secret's last rotation that was not skipped. */
export interface LastRotation {
  readonly executionArn: string;
  readonly outcome: Outcome;
  /** ISO 8601. */
  readonly endedAt: string;
  /** When the newest rotation that left a new credential current began, with the lock in its hands, and when it ended; ISO 8601. */
  readonly begunAt?: string;
  readonly rotatedAt?: string;
  /** So long that one leaves the old credential alive, where its request said so itself. */
  readonly retireAfterMinutes?: number;
  /** How many in a row did not end well, this one included; absent where it did. */
  readonly failures?: number;
  /** The version that the newest rotation made current, or may have where it needs attention. */
  readonly madeCurrent?: string;
  /** The version that this took the place of, where its credential had got in by then: what may be brought back. */
  readonly replaced?: string;
  /** Of the newest whose record says them. */
  readonly engine?: string;
  readonly strategy?: string;
  /** Why it did not end well, as its record has it, the sentence cut off; absent where it did. */
  readonly reason?: string;
  readonly message?: string;
}

/** As a list shows it. `server`: whose logins it claims, as a door names it; absent where it has claimed none yet. */
export interface LastKnown extends LastRotation {
  readonly server?: string;
}

/** `begunAt` is absent where that is when the execution took the lock; the failures are counted by whoever remembers it. */
export type Remembered = Omit<LastRotation, "failures">;

export interface Holder {
  readonly executionArn: string;
  /** ISO 8601. */
  readonly since: string;
  /** Both change the same logins, so one lock keeps them apart. */
  readonly purpose: "rotation" | "retirement";
  /** Whose rotation it brings to rest, where it is a recovery, and the how many-th that took the lock for it. */
  readonly recovers?: { readonly executionArn: string; readonly time: number };
}

/** A secret whose rotation has not ended, or not well. */
export interface Unsettled {
  readonly secretArn: string;
  readonly holder?: Holder;
  /** The last rotation, where that needs attention. */
  readonly last?: {
    readonly endedAt: string;
    readonly failures: number;
  };
}

export type Acquired =
  | {
      readonly acquired: true;
      readonly last?: LastRotation;
      readonly claims: readonly string[];
      /** Of the secret's version ids; made at random with its first lock, and the same ever after. */
      readonly seed: string;
      /** The version that the rotation under way writes, and the one that it goes back to; of the holder before, where the lock was taken over. */
      readonly versionId?: string;
      readonly backVersionId?: string;
      /** Whose door the rotation under way is in by; as `backVersionId`. */
      readonly door?: string;
      /** The version whose credential was retired last. */
      readonly retiredVersionId?: string;
    }
  | { readonly acquired: false; readonly holder: Holder };

/** A phase of a rotation as the audit record keeps it. */
export interface PhaseRecord {
  readonly name: string;
  /** From the first attempt's start to the last one's end, waiting between them included. Milliseconds. */
  readonly ms: number;
  readonly attempts: number;
}

/** What a person runs, and when. */
export interface Settling {
  readonly when: string;
  readonly run: readonly string[];
}

/** One rotation, written once and never changed. Identifiers only. */
export interface AuditRecord {
  readonly secretArn: string;
  readonly secretName?: string;
  readonly executionArn: string;
  readonly trigger: string;
  /** As the requester states it; nobody has checked it. */
  readonly requestedBy?: string;
  readonly requestReason?: string;
  readonly schedule?: string;
  /** Minutes until the credential before is retired, where the request says so itself. */
  readonly retireAfterMinutes?: number;
  /** The run of a fleet that it was part of: its schedule, or `request`, and when that was due. */
  readonly run?: string;
  /** It was to bring the credential before the current one back. */
  readonly restore?: true;
  readonly outcome: Outcome;
  /** A constant of `reasons.ts`, or the code of the error. */
  readonly reason: string;
  readonly message: string;
  readonly engine?: string;
  readonly strategy?: string;
  readonly previousVersionId?: string;
  readonly versionId?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly phases: readonly PhaseRecord[];
  readonly error?: { readonly name: string; readonly code: string; readonly message: string };
  /** Only where the server would not take a verifier, so that the password may stand in its logs. */
  readonly passwordSentAs?: "clear text";
  /** What roll back found and did, sentence by sentence. */
  readonly facts?: readonly string[];
  /** Where a person is needed: what to run, case by case. */
  readonly settle?: readonly Settling[];
  /** The execution that looked after this one when it had ended without a record. */
  readonly recoveredBy?: string;
}

/** The retirement of one old credential, written once and never changed. Identifiers only. */
export interface RetirementRecord {
  readonly secretArn: string;
  readonly secretName?: string;
  readonly executionArn: string;
  /** The execution of the rotation that left the credential valid. */
  readonly rotationArn?: string;
  readonly outcome: "retired" | "failed";
  /** `Retired`, or the code of the error. */
  readonly reason: string;
  readonly message: string;
  readonly engine?: string;
  readonly strategy?: string;
  /** Whose credential it was. */
  readonly username?: string;
  /** The version whose credential was retired. */
  readonly previousVersionId?: string;
  /** The version that is current. */
  readonly versionId?: string;
  /** Sessions of that user that were open then, and were left alone; absent: not known. */
  readonly sessions?: number;
  /** The secret's consumers that were not known to have taken up the current one by then. */
  readonly consumersBehind?: readonly string[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly error?: AuditRecord["error"];
}

/** AWSCURRENT was moved by somebody else. */
export interface OutsideChange {
  readonly secretArn: string;
  readonly secretName: string;
  readonly versionId: string;
  readonly previousVersionId: string;
  /** ISO 8601. */
  readonly changedAt: string;
}

/** What is written down, one item each. */
export type RecordKind = "rotation" | "retirement" | "change" | "refresh";

/** What is known of consumers, by their names. Throws `KeyturnError`s only; every method may be called again. */
export interface RefreshLedger {
  /** The last time that it was told. */
  refreshOf(consumer: string): Promise<Refresh | undefined>;
  /** Says that it is told now. `false`: somebody else was faster; `last` is what was known before. */
  beginRefresh(consumer: string, refresh: Refresh, last: Refresh | undefined): Promise<boolean>;
  /** Notes by what its service knows that; nothing where another has told it since. */
  noteRefresh(consumer: string, refresh: Refresh & { readonly handle: string }): Promise<void>;
  /** Notes how that ended, likewise. */
  endRefresh(consumer: string, refresh: Refresh, outcome: RefreshRecord["outcome"]): Promise<void>;
  /** As `Ledger.record`. */
  recordRefresh(record: RefreshRecord): Promise<{ recorded: boolean; record: RefreshRecord }>;
  refreshRecord(consumer: string, refresh: Refresh): Promise<RefreshRecord | undefined>;
}

/** Kept in DynamoDB by `src/aws`. Throws `KeyturnError`s only; every method may be called again. */
export interface Ledger extends Pick<RefreshLedger, "refreshOf"> {
  /** Takes the secret's lock. The execution that holds it already gets it again. */
  acquire(secretArn: string, holder: Holder): Promise<Acquired>;
  /** Takes the lock from an execution that has ended. Fails as `acquire` does when someone else was faster. */
  takeOver(secretArn: string, from: Holder, to: Holder): Promise<Acquired>;
  /** Notes with the lock, for whoever recovers it, by which door the rotation is in, which version it writes, and which it would go back to. */
  noteBegin(
    secretArn: string,
    holder: Holder["executionArn"],
    begin: { readonly door: string; readonly versionId: string; readonly backVersionId?: string | undefined },
  ): Promise<void>;
  /** The secrets that are not at rest: locked, or in need of a person. */
  unsettled(): AsyncIterable<Unsettled>;
  /** What is known of a secret, without taking its lock. `versionId`: what its holder writes, once that is noted. */
  look(secretArn: string): Promise<{
    readonly holder?: Holder;
    readonly versionId?: string;
    readonly last?: LastRotation;
    readonly seed?: string;
  }>;
  /** Which secret says that it rotates a login (`postgres://host:5432/app`). */
  claimant(login: string): Promise<{ claimedBy?: string }>;
  /**
   * Says that a secret is the one that rotates these logins (`postgres://host:5432/app`). Gives the ARN of another
   * secret that says so already, else nothing. `replacing`: the secret whose claim may be taken over.
   */
  claim(secretArn: string, logins: readonly string[], replacing?: string): Promise<{ claimedBy?: string }>;
  /** Writes the record, unless one of this execution is there: then nothing changes, and that one is given. */
  record(record: AuditRecord): Promise<{ recorded: boolean; record: AuditRecord }>;
  /** The record that an execution of `rotate-secret` left of this secret. */
  rotation(secretArn: string, executionArn: string): Promise<AuditRecord | undefined>;
  /**
   * Remembers a rotation as the secret's last one, and what it has claimed, which `acquire` tells the next; one that was
   * skipped leaves no trace. `held`: whether this execution holds the lock. `release`: by which update it is to be given
   * back once the end was announced.
   */
  remember(
    secretArn: string,
    holder: Holder["executionArn"],
    last: Remembered | undefined,
    claims?: readonly string[],
  ): Promise<{ held: boolean; release: string }>;
  /** As `record`, for a retirement. */
  recordRetirement(record: RetirementRecord): Promise<{ recorded: boolean; record: RetirementRecord }>;
  /** Ends a retirement: remembers which version's credential it retired, if any, and gives the lock back if held by it. */
  closeRetirement(secretArn: string, holder: Holder["executionArn"], retiredVersionId?: string): Promise<void>;
  /** Writes down, once, that somebody else moved AWSCURRENT. */
  recordChange(change: OutsideChange): Promise<{ recorded: boolean }>;
  /** The last rotation of each of these secrets; those without one are not in the answer. */
  lastOf(secretArns: readonly string[]): Promise<ReadonlyMap<string, LastKnown>>;
}
