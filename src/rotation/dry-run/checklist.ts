import { KeyturnError, parseMessage } from "../../errors.js";

/** What a dry run looks at, and what is true where it is well. */
export const CHECKS = {
  Plan: "The secret is Keyturn's to rotate, well formed, and nobody else's rotation is attached to it.",
  PasswordPolicy: "A password can be made that the secret's tags ask for and the engine takes.",
  UserName: "The user name is not too long for the engine.",
  LoginUnclaimed: "No other secret rotates the same login.",
  AdminOffered: "The admin secret lets this one name it.",
  ReadersAllowed: "The deployment's settings allow every reader.",
  ConsumersAllowed:
    "The deployment's settings declare every consumer that the secret's tag names, for a secret of its name.",
  ReplicasInSync: "No replica region has failed to take the newest version.",
  SecretRead: "The function's role may read and decrypt AWSCURRENT.",
  AdminRead: "The function's role may read and decrypt the admin secret, which is of the same server.",
  NextUser: "It is known whose password comes next.",
  Pending: "The version that an earlier rotation left holds a credential for the user that is next.",
  Copies: "Every copy of the credential in the secret can be renewed.",
  Size: "The new value fits into a secret. Whether the role may store it shows only when it does.",
  Login: "The server is reached and lets AWSCURRENT in.",
  AdminLogin: "The server lets the admin in.",
  Rights: "The change of the password is permitted.",
  Probes: "The secret's own probe succeeds with AWSCURRENT.",
  Readers: "Every reader lets AWSCURRENT in.",
  LabelMovable: "AWSCURRENT is on the version that it would be taken from.",
  Completed: "The function came to an end with its checks.",
} as const;

export type CheckName = keyof typeof CHECKS;

/** Which function looked: each has a role and a network of its own. */
export type CheckingPhase = "plan" | "create" | "set" | "test" | "finish";

/** One thing that was looked at. Identifiers only. */
export interface Check {
  readonly phase: CheckingPhase;
  readonly check: CheckName;
  readonly ok: boolean;
  /** The error's, where it is not well. */
  readonly code?: string;
  /** Where it is not well: what to do about it. */
  readonly message: string;
}

export interface Checklist {
  readonly checks: readonly Check[];
  /**
   * Does the work and notes whether it is well; `say` may tell more than the check's own sentence, in identifiers. Gives
   * what the work gave, or `undefined` where it failed for good. What may pass is thrown on, for the state machine to
   * try the phase again.
   */
  run<Result>(
    check: CheckName,
    work: () => Promise<Result> | Result,
    say?: (result: Result) => string,
  ): Promise<Result | undefined>;
}

export function checklist(phase: CheckingPhase): Checklist {
  const checks: Check[] = [];
  return {
    checks,
    async run(check, work, say) {
      try {
        const result = await work();
        checks.push({ phase, check, ok: true, message: say ? say(result) : CHECKS[check] });
        return result;
      } catch (error) {
        if (!(error instanceof KeyturnError) || error.retryable) throw error;
        checks.push({ phase, check, ok: false, code: error.code, message: parseMessage(error.message).text });
        return undefined;
      }
    },
  };
}
