/** What a schedule starts `rotate-fleet` with, and what the execution carries from page to page. */
export interface Fleet {
  /** The schedule's name; secrets belong to it by their tags `keyturn:stage` and `keyturn:schedule`. */
  readonly schedule: string;
  /** When the schedule was due, ISO 8601: the same however often it is delivered. */
  readonly scheduledAt: string;
  readonly dueAfterDays?: number;
  /** Narrows the schedule to secrets whose names begin so; empty for all. */
  readonly namePrefixes?: readonly string[];
  readonly concurrency?: number;
  /** Only finds out what each rotation would do: starts `check-secret` instead. */
  readonly dryRun?: boolean;
  /** Where the next page begins. */
  readonly nextToken?: string | null;
  /** Pages that this execution has done. */
  readonly pages?: number;
  readonly totals?: Totals;
}

export interface Totals {
  readonly rotated: number;
  readonly skipped: number;
  readonly failed: number;
  /** On a dry run: how many were looked at, those that failed included. */
  readonly checked: number;
  /** How often each reason or error was given, skips and failures alike. */
  readonly byReason: Readonly<Record<string, number>>;
}

/** A secret as a list shows it. */
export interface ListedSecret {
  readonly arn: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt?: Date;
  readonly lastRotatedAt?: Date;
}

/** Lists secrets that may carry the tag: a filter of AWS's matches prefixes, and lags by minutes. */
export type ListSecrets = (
  nextToken: string | undefined,
) => Promise<{ secrets: readonly ListedSecret[]; nextToken?: string }>;

export interface FleetPage {
  readonly items: readonly FleetItem[];
  readonly nextToken: string | null;
  readonly concurrency: number;
}

/** One execution to be started. */
export interface FleetItem {
  readonly secretArn: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}
