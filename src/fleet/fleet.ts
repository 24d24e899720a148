import { randomUUID } from "node:crypto";
import type { DryRun } from "../rotation/dry-run/sum-up.js";
import type { Ledger, Outcome } from "../rotation/ledger.js";
import { ageMs } from "../rotation/plan/due.js";
import type { Rules } from "../rotation/rules.js";
import {
  bytesOf,
  type Fleet,
  type FleetItem,
  type FleetPage,
  type ListedSecret,
  type ListSecrets,
  LONGEST_ITEM,
  MOST_BYTES,
  MOST_ITEMS,
  type Totals,
} from "./page.js";
import { RECOVERY } from "./unsettled.js";

/** The name of the schedule that runs every managed secret dry, whichever schedule it belongs to and due or not. */
export const DOCTOR = "doctor";

/** An inline Map's limit. https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_AT_ONCE = 40;

/**
 * One page of the secrets that belong to the schedule and are due. Plan looks at each again, so a secret that slips in
 * here is skipped there. Called again with the same token it gives the same names, and a start is not repeated.
 */
export async function listDue(
  fleet: Fleet,
  list: ListSecrets,
  ledger: Pick<Ledger, "rotatedAt">,
  now: Date,
  { stage }: Pick<Rules, "stage">,
): Promise<FleetPage> {
  const items: FleetItem[] = [];
  let bytes = 0;
  let nextToken = fleet.nextToken ?? undefined;
  do {
    const page = await list(nextToken);
    const ours = page.secrets.filter((secret) => belongs(secret, fleet, stage));
    const rotatedAt = await ledger.rotatedAt(ours.map(({ arn }) => arn));
    for (const secret of ours) {
      if (!isDue(secret, fleet, rotatedAt.get(secret.arn), now)) continue;
      const due = item(secret, fleet);
      items.push(due);
      bytes += bytesOf(due);
    }
    nextToken = page.nextToken;
    // Whole lists only: their tokens lead to the next one.
  } while (nextToken && items.length + LIST_PAGE <= MOST_ITEMS && bytes + LIST_PAGE * LONGEST_ITEM <= MOST_BYTES);
  const concurrency = Math.min(Math.max(1, Math.trunc(fleet.concurrency ?? 10)), MOST_AT_ONCE);
  return { items, nextToken: nextToken ?? null, concurrency };
}

/** The most that one ListSecrets gives. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export const LIST_PAGE = 100;

function belongs({ name, tags }: ListedSecret, { schedule, namePrefixes = [] }: Fleet, stage: string): boolean {
  return (
    tags["keyturn:stage"]?.trim() === stage &&
    isOn(schedule, tags["keyturn:schedule"]?.trim()) &&
    (namePrefixes.length === 0 || namePrefixes.some((prefix) => name.startsWith(prefix)))
  );
}

function isOn(schedule: string, tag = ""): boolean {
  return schedule === DOCTOR ? tag !== "" : tag === schedule;
}

function isDue(secret: ListedSecret, { dueAfterDays }: Fleet, rotatedAt: Date | undefined, now: Date): boolean {
  return dueAfterDays === undefined || ageMs(secret, rotatedAt, now) >= dueAfterDays * 86_400_000;
}

/**
 * Under a name that nobody can take beforehand. Of a schedule that is delivered twice the second start finds that the secret
 * is being rotated, or was since it was asked for.
 */
function item({ arn }: ListedSecret, { schedule, scheduledAt, dueAfterDays }: Fleet): FleetItem {
  return {
    name: randomUUID(),
    input: {
      secretId: arn,
      trigger: "schedule",
      ...(schedule === DOCTOR ? {} : { schedule }),
      askedAt: scheduledAt,
      requestedBy: `schedule ${schedule}`,
      ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
    },
  };
}

/** What became of one secret of a page. */
export interface FleetResult {
  readonly outcome: Outcome | DryRun["outcome"];
  readonly reason: string;
}

export interface SumUp {
  /** The fleet as the next execution takes it up, which does the next page. */
  readonly fleet: Fleet;
  /** `nothing`: it ends without a word, because there was nothing to do. */
  readonly next: "execution" | "end" | "nothing";
  /** The name of the execution that carries on. */
  readonly name: string;
  readonly totals: Totals;
}

/** Adds a page's results to the totals and says how to go on. */
export function sumUp(fleet: Fleet, nextToken: string | null, results: readonly FleetResult[]): SumUp {
  const totals = results.reduce(add, fleet.totals ?? NONE);
  const nothing = fleet.schedule === RECOVERY && results.length === 0;
  const end = nothing ? "nothing" : "end";
  return {
    fleet: { ...fleet, nextToken, totals },
    next: nextToken === null ? end : "execution",
    name: randomUUID(),
    totals,
  };
}

const NONE: Totals = { rotated: 0, skipped: 0, failed: 0, checked: 0, byReason: {} };

function add(totals: Totals, { outcome, reason }: FleetResult): Totals {
  const rotated = outcome === "succeeded" || outcome === "rolled forward";
  const checked = outcome === "checked" || outcome === "check failed";
  const good = rotated || outcome === "checked";
  const kind = rotated ? "rotated" : outcome === "skipped" ? "skipped" : "failed";
  const byReason = good ? totals.byReason : { ...totals.byReason, [reason]: (totals.byReason[reason] ?? 0) + 1 };
  return {
    ...totals,
    ...(outcome === "checked" ? {} : { [kind]: totals[kind] + 1 }),
    checked: totals.checked + (checked ? 1 : 0),
    byReason,
  };
}
