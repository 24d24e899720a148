import type { AlternateReport, Pair } from "../../engines/engine.js";
import type { CurrentSecret } from "../credentials.js";
import type { CredentialPlan, RotatePlan } from "../plans.js";
import type { Reach } from "../ports.js";

/** How a new credential becomes valid in the database. */
export interface Strategy {
  /** Reads the secret, and says whose password the next version holds. Nothing is changed yet. */
  prepare(reach: Reach, plan: RotatePlan): Promise<Prepared>;
  /**
   * Makes the credential under AWSPENDING valid. `again`: a run before this one may have done it already. `pair`: what
   * `prepare` found.
   */
  apply(reach: Reach, plan: RotatePlan, step: { pair?: Pair; again: boolean }): Promise<SetReport>;
  /** Finds out whether `apply` would be permitted and says how, in a sentence; throws what it would throw. */
  rehearse(reach: Reach, plan: RotatePlan): Promise<string>;
  /**
   * Brings the database back to where `current` logs in, and says in sentences what it did. Called when `current` was
   * found refused; gives up with `undefined` where it cannot know what is right.
   */
  restore(
    reach: Reach,
    plan: RotatePlan,
    versions: { current: CurrentSecret; pending: CurrentSecret },
  ): Promise<string | undefined>;
  /**
   * Called when `pending` is given up and `current` logs in: makes `pending` useless where it is valid beside it, and says
   * in a sentence what it did.
   */
  giveUp?(
    reach: Reach,
    plan: RotatePlan,
    versions: { current: CurrentSecret; pending: CurrentSecret },
  ): Promise<string | undefined>;
  /**
   * Makes the credential before the current one useless, where the strategy leaves it valid. Proves first that `current`
   * logs in. Throws `ForeignPrevious`, before anything is changed, for one that is not the other of this login.
   */
  retire?(
    reach: Reach,
    target: RetireTarget,
    versions: { current: CurrentSecret; previous: CurrentSecret },
  ): Promise<RetireReport>;
}

/** What `retire` works by. */
export interface RetireTarget extends CredentialPlan {
  /** Whether the current password is surely the one that was set last: no rotation was tried since. */
  readonly newest: boolean;
}

/** What `retire` did, in identifiers only. */
export interface RetireReport {
  /** Open sessions of the old credential's user; absent: not known. */
  readonly sessions?: number;
  readonly by: SetReport["by"];
}

export interface Prepared {
  readonly secret: CurrentSecret;
  readonly username: string;
  /** The two names, for alternating users. */
  readonly pair?: Pair;
}

/** What Set did, in identifiers only. */
export interface SetReport extends Partial<AlternateReport> {
  /** Whether the credential was found valid, so that nothing had to be done. */
  readonly alreadySet: boolean;
  /** Who changed it. */
  readonly by: "the user itself" | "the admin";
  /** The logins that the server named, whose passwords this secret changes. */
  readonly logins: readonly string[];
  /** The database that keeps them by itself, where the server does not. */
  readonly keptIn?: string;
  /** Whose login changed it, where it was an admin. */
  readonly admin?: { readonly secretArn: string; readonly login: string };
}
