/** What something uses that is paid for by the piece; test/fleet/usage.test.ts counts each in the embedded cloud. */
export interface Usage {
  /** Of Step Functions, what the event of the moved label starts included. */
  readonly transitions: number;
  readonly invocations: number;
  readonly secretCalls: number;
  readonly reads: number;
  readonly writes: number;
  readonly events: number;
}

/** A rotation that a schedule starts, single-user, with all that follows. */
export const ROTATION: Usage = { transitions: 15, invocations: 8, secretCalls: 9, reads: 2, writes: 9, events: 1 };

/** A dry run, started by the doctor. */
export const CHECK: Usage = { transitions: 10, invocations: 6, secretCalls: 8, reads: 2, writes: 0, events: 0 };

/** A run of a schedule beside its secrets, which are 100 at most. */
export const RUN: Usage = { transitions: 8, invocations: 2, secretCalls: 1, reads: 1, writes: 0, events: 1 };

/** A run that rotates tells that it begins, and looks which servers are silent. */
export const BEGINNING: Usage = { transitions: 1, invocations: 0, secretCalls: 0, reads: 1, writes: 0, events: 1 };

/** A look for overdue secrets that finds none, of 100 secrets at most. */
export const LOOK: Usage = { transitions: 6, invocations: 2, secretCalls: 1, reads: 1, writes: 0, events: 0 };

/** A run of the recovery that finds nothing. */
export const RECOVERY: Usage = { transitions: 6, invocations: 2, secretCalls: 0, reads: 1, writes: 0, events: 0 };
