import type { RefreshRecord } from "../rotation/consumers.js";
import type { AuditRecord, Outcome, OutsideChange, RetirementRecord } from "../rotation/ledger.js";
import type { Trigger } from "../rotation/request.js";
import type { Announcement } from "./announcement.js";
import type { FailedCheck } from "./check.js";
import type { FleetBegins, FleetRun } from "./fleet.js";
import type { DETAIL_TYPES } from "./names.js";
import type { SecretsOverdue } from "./overdue.js";

type Detail<About> = Announcement<About>["detail"];

type StrategyName = "single-user" | "alternating-users" | "dual-password";

/** A record as it is announced, in the words that there are for what is any text in it. */
type Rotation<Ended extends Outcome> = Detail<
  Omit<AuditRecord, "trigger" | "strategy" | "outcome"> & {
    readonly trigger: Trigger | "recovery";
    readonly strategy?: StrategyName;
    readonly outcome: Ended;
  }
>;

type Retirement<Ended extends RetirementRecord["outcome"]> = Detail<
  Omit<RetirementRecord, "strategy" | "outcome"> & { readonly strategy?: StrategyName; readonly outcome: Ended }
>;

type Refresh<Ended extends RefreshRecord["outcome"]> = Detail<
  Omit<RefreshRecord, "outcome"> & { readonly outcome: Ended }
>;

/** Where no record could be written: what the execution knew. */
type Unrecorded<Ended extends string> = Detail<{
  readonly outcome: Ended;
  readonly reason: "NotRecorded";
  readonly message: string;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly state: object;
}>;

/** Where what a dry run found could not be summed up. */
type NotSummedUp = Detail<{
  readonly outcome: "check failed";
  readonly reason: "NotSummedUp";
  readonly message: string;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly endedAt: string;
}>;

interface Asked {
  /** Stands in records and messages, as it is; nobody checks it. */
  readonly requestedBy?: string;
  readonly reason?: string;
  /** Minutes until the credential before is made useless; 0: at once. Absent: as the secret's schedule says. */
  readonly retireAfterMinutes?: number;
  /** Only finds out what a rotation would do. */
  readonly dryRun?: boolean;
}

interface AskedOfOne extends Asked {
  /** Name or ARN. */
  readonly secretId: string;
}

interface AskedOfMany extends Asked {
  /** What is said of the first three must all hold; `list` stands alone. */
  readonly selection: {
    /** Those that carry all of these, with these values. */
    readonly tags?: Readonly<Record<string, string>>;
    /** Those whose names begin with one of these. */
    readonly namePrefix?: readonly string[];
    /** Those that are tagged with it. */
    readonly schedule?: string;
    /** Names or ARNs. */
    readonly list?: readonly string[];
  };
  /** How many at once, up to 40. */
  readonly concurrency?: number;
  /** The share of a wave's rotations, in percent, that may fail before the run stops itself. */
  readonly toleratedFailurePercent?: number;
}

/** What the `detail` of each event holds, by the key of its `detail-type`. `docs/events` is made of this. */
export interface Details extends Record<keyof typeof DETAIL_TYPES, object> {
  rotationRequested: AskedOfOne | AskedOfMany;
  rotationSucceeded: Rotation<"succeeded" | "rolled forward">;
  rotationSkipped: Rotation<"skipped">;
  rotationFailed: Rotation<"failed" | "rolled back">;
  rotationNeedsAttention: Rotation<"needs attention"> | Unrecorded<"needs attention">;
  credentialRetired: Retirement<"retired">;
  retirementFailed: Retirement<"failed"> | Unrecorded<"failed">;
  changedOutside: Detail<OutsideChange>;
  checkFailed: Detail<FailedCheck> | NotSummedUp;
  consumerRefreshed: Refresh<"refreshed">;
  consumerFailed: Refresh<"failed">;
  fleetStarted: Detail<FleetBegins>;
  fleetStopped: Detail<FleetRun>;
  fleetRotated: Detail<FleetRun>;
  fleetChecked: Detail<FleetRun>;
  secretsOverdue: Detail<SecretsOverdue>;
}
