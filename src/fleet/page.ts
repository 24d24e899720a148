import type { DryRun } from "../rotation/dry-run/sum-up.js";
import type { Outcome } from "../rotation/ledger.js";
import type { RequestSummary } from "../rotation/request.js";
import type { Blackout } from "../schedule/blackout.js";
import type { Lap, Waiting } from "./laps.js";
import type { Expected, Overdue } from "./overdue.js";
import type { Selectable, Selection } from "./selection.js";

/**
 * What a schedule starts `rotate-fleet` with, and what the execution carries from page to page. A selection narrows it: only those
 * of its secrets are rotated.
 */
export interface Fleet extends Selection {
  /** The schedule's name; secrets belong to it by their tags `keyturn:stage` and `keyturn:schedule`. */
  readonly schedule: string;
  /** When the schedule was due, ISO 8601: the same however often it is delivered. */
  readonly scheduledAt: string;
  readonly dueAfterDays?: number;
  /** When it starts nothing. */
  readonly blackouts?: readonly Blackout[];
  /** IANA name, of the blackouts' times. */
  readonly timezone?: string;
  readonly concurrency?: number;
  /** So many minutes lie at least between the beginnings of two rotations on one database server. */
  readonly staggerMinutes?: number;
  /** Only finds out what each rotation would do: starts `check-secret` instead. */
  readonly dryRun?: boolean;
  /** The share of a wave's rotations, in percent, that may fail before the run stops itself. */
  readonly toleratedFailurePercent?: number;
  /** Where somebody asked, and no schedule: what each of its rotations is told. */
  readonly asked?: Asked;
  /** For the look for overdue secrets: what is expected of each schedule's. */
  readonly expected?: Readonly<Record<string, Expected>>;
  /** The how many-th wave it is, from 0. */
  readonly wave?: number;
  /** Where the wave begins; absent: at the beginning. */
  readonly cursor?: Cursor;
  readonly totals?: Totals;
  /** Absent: the first. */
  readonly lap?: Lap;
  /** Secrets that failed in this run, as many as are remembered: no later lap has them again. */
  readonly failed?: readonly string[];
}

export type Asked = Pick<RequestSummary, "trigger" | "requestedBy" | "reason" | "retireAfterMinutes">;

/** A place in the list of all secrets. */
export interface Cursor {
  /** Of the list's page; absent: its first. */
  readonly token?: string;
  /** How many of that page were looked at before. */
  readonly passed: number;
}

export interface Totals {
  readonly rotated: number;
  readonly skipped: number;
  readonly failed: number;
  /** On a dry run: how many were looked at, those that failed included. */
  readonly checked: number;
  /** How often each reason or error was given, skips and failures alike. */
  readonly byReason: Readonly<Record<string, number>>;
  /** How many of the schedule's secrets it was not the turn of, by reason: they were not started. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** ARNs of executions of rotations that failed, those that people are told of; absent where each is told by itself. */
  readonly failures?: readonly string[];
  /** Secrets that are overdue, those that are told by name. */
  readonly late?: readonly Overdue[];
}

/** A secret as a list shows it. */
export interface ListedSecret extends Selectable {
  /** Of Secrets Manager's own rotation; absent: it is off. */
  readonly rotationEnabled?: boolean;
  readonly rotationFunction?: string;
  readonly rotationDays?: number;
  readonly createdAt?: Date;
  readonly changedAt?: Date;
  readonly lastRotatedAt?: Date;
}

/**
 * Lists secrets that may carry the tag: a filter of AWS's matches prefixes, and lags by minutes. `unreachable`: as what an
 * account that was passed over is counted.
 */
export type ListSecrets = (
  nextToken: string | undefined,
) => Promise<{ secrets: readonly ListedSecret[]; nextToken?: string; unreachable?: string }>;

export interface FleetPage {
  readonly items: readonly FleetItem[];
  /** Where the next wave begins; null where there is none. */
  readonly cursor: Cursor | null;
  readonly concurrency: number;
  readonly leftOut: Totals["leftOut"];
  /** Not started, because they wait for their server. */
  readonly waiting: Waiting;
  readonly late?: readonly Overdue[];
}

/** One execution to be started. */
export interface FleetItem {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** It failed before this run, so its failing again says nothing about the run. */
  readonly failing?: true;
  /** It is of another account, whose owner must not decide on the run. */
  readonly elsewhere?: true;
}

/**
 * As many items as a wave starts; an execution has twenty more. Each may have 47 events in its history, which holds 25,000: 14 for one that
 * fails, and three for each of eleven tries before. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_ITEMS = 500;

/**
 * Bytes of a page's items, of the 262,144 of a state, which holds what became of them as well.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_BYTES = 190_000;

/** Bytes of the longest item: a secret's name has 512 characters at most. */
export const LONGEST_ITEM = 1_000;

/** Bytes, as a state's input counts them. */
export function bytesOf(item: FleetItem): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1;
}

/** What became of one secret of a page. */
export interface FleetResult {
  readonly outcome: Outcome | DryRun["outcome"];
  readonly reason: string;
}

/** Whether it is one of those that a wave is judged by. */
export function isFailed({ outcome }: FleetResult): boolean {
  return !["succeeded", "rolled forward", "skipped", "checked"].includes(outcome);
}
