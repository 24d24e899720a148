/** What the command's exit code says; `docs/command.md` has the table for people. */
export const EXIT = {
  done: 0,
  /** Something went wrong that is none of the below. */
  error: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** It was only looked, and something is not as it should be: overdue, failing, a check that fails. */
  notWell: 3,
  /** A rotation failed; the credential in use is the one before, and works. */
  failed: 4,
  /** A rotation ended so that a person must look at it. */
  needsAttention: 5,
  /** There was nothing to do, and the reason was said. */
  skipped: 6,
  /** AWS was not reached, or did not let the command in. */
  noAccess: 7,
  /** Ctrl-C, as shells have it. What runs in the cloud goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
