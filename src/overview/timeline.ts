/** What happened to one credential: rotations, retirements, moves by others, consumers that were told. */
import type { RefreshRecord } from "../rotation/consumers.js";
import type { AuditRecord, OutsideChange, RetirementRecord } from "../rotation/ledger.js";

/** One thing that happened, with its record as it was written. `at`: when it began, ISO 8601. */
export type Happening =
  | { readonly kind: "rotation"; readonly at: string; readonly record: AuditRecord }
  | { readonly kind: "retirement"; readonly at: string; readonly record: RetirementRecord }
  | { readonly kind: "change"; readonly at: string; readonly record: OutsideChange }
  | { readonly kind: "refresh"; readonly at: string; readonly record: RefreshRecord };

/** A page of it, the newest first. */
export interface TimelinePage {
  readonly happenings: readonly Happening[];
  /** Where the next page begins, for whoever asks for it; absent: there is nothing older. */
  readonly next?: string;
}

/** With the end of its key, by which it is ordered among all others. */
export interface Placed {
  readonly place: string;
  readonly happening: Happening;
}

/**
 * Joins what was read of each kind, the newest of it, into one page. Each kind must have one more than `limit`, if there are so
 * many: that there is more is known by it.
 */
export function pageOf(placed: readonly Placed[], limit: number): TimelinePage {
  const ordered = placed.toSorted((a, b) => (a.place < b.place ? 1 : a.place > b.place ? -1 : 0));
  const shown = ordered.slice(0, limit);
  const next = ordered.length > limit ? shown.at(-1)?.place : undefined;
  return { happenings: shown.map(({ happening }) => happening), ...(next === undefined ? {} : { next }) };
}

/**
 * Of a consumer's refreshes those that are of this credential: the one that a rotation of it had told, or else the first that
 * was told after it and so took it up as well. `rotations`: ends of those that made a new credential current.
 */
export function refreshesOf(
  secretArn: string,
  rotations: readonly string[],
  refreshes: readonly RefreshRecord[],
): RefreshRecord[] {
  const oldestFirst = refreshes.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const first = rotations.map((endedAt) =>
    oldestFirst.find(({ startedAt }) => new Date(startedAt) >= new Date(endedAt)),
  );
  return oldestFirst.filter((one) => one.secretArn === secretArn || first.includes(one));
}
