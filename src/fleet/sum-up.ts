import { randomUUID } from "node:crypto";
import {
  type Cursor,
  type Fleet,
  type FleetItem,
  type FleetPage,
  type FleetResult,
  isFailed,
  type Totals,
} from "./page.js";
import { RECOVERY } from "./unsettled.js";
import { FIRST_LARGE, inWaves, isStopped } from "./waves.js";

export interface SumUp {
  /** The fleet as the next wave takes it up. */
  readonly fleet: Fleet;
  /**
   * `wave`: this execution does the next one, too. `stopped`: too much of the wave failed. `nothing`: it ends without a word,
   * because there was nothing to do.
   */
  readonly next: "wave" | "execution" | "stopped" | "end" | "nothing";
  /** The name of the execution that carries on. */
  readonly name: string;
  readonly totals: Totals;
}

/** Adds a wave's results to the totals, judges it and says how to go on. */
export function sumUp(fleet: Fleet, { items, cursor, leftOut }: FleetPage, results: readonly FleetResult[]): SumUp {
  const before = fleet.totals ?? NONE;
  const totals = results.reduce(add, { ...before, leftOut: sums(before.leftOut, leftOut) });
  const wave = fleet.wave ?? 0;
  // An empty one is none: the canary is the first that is rotated.
  const next: Fleet = {
    ...without(fleet),
    ...(cursor ? { cursor } : {}),
    totals,
    wave: wave + (items.length > 0 ? 1 : 0),
  };
  return { fleet: next, next: goesOn(fleet, wave, items, cursor, results), name: randomUUID(), totals };
}

function goesOn(
  fleet: Fleet,
  wave: number,
  items: readonly FleetItem[],
  cursor: Cursor | null,
  results: readonly FleetResult[],
): SumUp["next"] {
  if (fleet.schedule === RECOVERY && results.length === 0) return "nothing";
  const judged = inWaves(fleet);
  if (judged && cursor && isStopped(wave, items, results, fleet.toleratedFailurePercent ?? 100)) return "stopped";
  if (!cursor) return "end";
  return judged && wave < FIRST_LARGE ? "wave" : "execution";
}

function without({ cursor: _, ...fleet }: Fleet): Fleet {
  return fleet;
}

const NONE: Totals = { rotated: 0, skipped: 0, failed: 0, checked: 0, byReason: {}, leftOut: {} };

function sums(one: Totals["leftOut"], other: Totals["leftOut"]): Totals["leftOut"] {
  const all = Object.keys({ ...one, ...other });
  return Object.fromEntries(all.map((reason) => [reason, (one[reason] ?? 0) + (other[reason] ?? 0)]));
}

function add(totals: Totals, result: FleetResult): Totals {
  const { outcome, reason } = result;
  const kind = isFailed(result) ? "failed" : outcome === "skipped" ? "skipped" : "rotated";
  const isChecked = outcome === "checked" || outcome === "check failed";
  const byReason =
    kind === "rotated" ? totals.byReason : { ...totals.byReason, [reason]: (totals.byReason[reason] ?? 0) + 1 };
  return {
    ...totals,
    ...(outcome === "checked" ? {} : { [kind]: totals[kind] + 1 }),
    checked: totals.checked + (isChecked ? 1 : 0),
    byReason,
  };
}
