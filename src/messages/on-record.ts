import type { RecordKind } from "../rotation/ledger.js";

/** An execution that ended, as Step Functions has it. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** JSON. */
  readonly input: string;
  /** JSON; absent where it did not succeed. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What really happened, where nobody but Keyturn and AWS can have written it. */
export interface OnRecord {
  /** One record, by the parts of its key; `of`: the secret's ARN, of a refresh the consumer's name. */
  record(kind: RecordKind, key: { of: string; at: string; name: string }): Promise<unknown>;
  /**
   * One of Keyturn's own executions, once it has ended: it announces some moments before. Throws `StillRunning`, to be
   * tried again. `undefined`: there is none of that ARN, or it is not Keyturn's.
   */
  execution(executionArn: string): Promise<EndedExecution | undefined>;
}
