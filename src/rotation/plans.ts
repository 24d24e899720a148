/** What is decided before anything is done, and what the states after it work by: identifiers only, as in all of a state. */
import type { StrategyName } from "../engines/engine.js";
import type { PasswordPolicy } from "../secrets/password.js";
import type { EndedSummary, NothingEnded } from "./ended.js";
import type { Access } from "./ports.js";
import type { SkipReason, WaitReason } from "./reasons.js";
import type { RequestSummary } from "./request.js";
import type { Reader } from "./settings.js";

/** What is known from the start, whatever is decided. Identifiers only, as everything in a state's output. */
export interface PlanBase {
  readonly reason: string;
  readonly message: string;
  readonly secretArn: string;
  readonly secretName: string;
  readonly request: RequestSummary;
}

/** What the phases work by. */
export interface RotatePlan extends PlanBase {
  readonly decision: "rotate";
  readonly engine: string;
  readonly strategy: StrategyName;
  readonly grants: "sync" | "keep";
  /** The version that becomes current. */
  readonly versionId: string;
  /**
   * Where Secrets Manager rotates the secret by our function, so that it has to know of this rotation: whether its own has
   * begun, and waits for the version, or is `to begin`. Its function stores the version. Absent: it rotates nothing, or a
   * version that was left is in its way.
   */
  readonly native?: "begun" | "to begin";
  /** The version that is current now. */
  readonly currentVersionId: string;
  /** Whether a rotation before it did not finish, which may have changed the database. */
  readonly resumed: boolean;
  /** The version that it left, whose credential is the way in where AWSCURRENT is refused. */
  readonly leftVersionId?: string;
  /**
   * AWSCURRENT as Plan saw it: Set logs in with it before it changes anything, so that roll back may give its password back
   * to the database. Absent where a rotation was left unfinished, because another may be the way in then.
   */
  readonly backVersionId?: string;
  /**
   * Whose credential the new version is to hold, instead of a new one. What is stored in either version since cannot be what
   * was proven: ISO 8601.
   */
  readonly restores?: {
    readonly versionId: string;
    readonly storedBefore: string;
    readonly currentStoredBefore: string;
  };
  readonly replicas: boolean;
  readonly adminSecretArn?: string;
  /** What the schedule lets the server ask for besides a proof of the password. */
  readonly mayAskFor?: NonNullable<Access["mayAskFor"]>;
  /** The server that its logins are of, as claims name it. */
  readonly server: string;
  /** Whether it gave the last rotation no answer. */
  readonly serverWasSilent?: true;
  /** Labels that an earlier rotation left because it needed a person. */
  readonly kept: ReadonlyArray<{ readonly label: string; readonly versionId: string }>;
  readonly probes: readonly string[];
  readonly readers: readonly Reader[];
  readonly password: PasswordPolicy;
}

export interface SkipPlan extends PlanBase {
  readonly decision: "skip";
  readonly reason: SkipReason;
}

export interface RecoverPlan extends PlanBase {
  readonly decision: "recover";
  readonly ended: EndedSummary;
  /** The version that the execution which ended wrote, if it came so far. */
  readonly ownVersionId: string;
  /** As that execution's plan had it. */
  readonly backVersionId?: string;
  /** Whether the recovery is only the beginning, because another execution was found to hold the lock. */
  readonly thenRotate?: true;
}

/** The execution that ended held no lock: it had changed nothing, or left its record, or another carried on. */
export interface NotePlan extends PlanBase {
  readonly decision: "note";
  readonly ended: EndedSummary;
}

/** Somebody else's work has to end before it can be said what is to be done. */
export interface WaitPlan extends PlanBase {
  readonly decision: "wait";
  readonly reason: WaitReason;
  readonly seconds: number;
  /** The execution that has ended, of which a function may still be at work for that long. */
  readonly endedHolder?: string;
}

/** There is nothing that a recovery could look after, and nothing is recorded. The execution ends with it: a fleet reads `outcome`. */
export interface NothingPlan {
  readonly decision: "nothing";
  readonly outcome: "skipped";
  readonly reason: NothingEnded;
  readonly message: string;
}

export type Plan = RotatePlan | SkipPlan | RecoverPlan | NotePlan | WaitPlan | NothingPlan;

/** What a plan must name for its credentials to be found. */
export type CredentialPlan = Pick<
  RotatePlan,
  "secretArn" | "secretName" | "currentVersionId" | "adminSecretArn" | "mayAskFor"
>;

/** What is retired, and from when on. Identifiers only, as everything in a state's output. */
export interface RetirePlan {
  readonly decision: "retire";
  readonly secretArn: string;
  readonly secretName: string;
  readonly strategy: StrategyName;
  readonly rotationArn: string;
  readonly currentVersionId: string;
  readonly previousVersionId: string;
  readonly mayAskFor?: NonNullable<CredentialPlan["mayAskFor"]>;
  /** ISO 8601. */
  readonly retireAt: string;
  /** Who has to take up the current credential first, and until when they are waited for; absent: nobody. */
  readonly awaits?: Awaited;
}

export interface Awaited {
  /** By name. */
  readonly consumers: readonly string[];
  /** When the rotation had ended, and until when it is waited; ISO 8601. */
  readonly rotatedAt: string;
  readonly until: string;
}
