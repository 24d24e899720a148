import { randomUUID } from "node:crypto";
import { newlyUnreached, withoutUnreachable } from "./account-lists.js";
import { comesAgain, FIRST_LAP, nextLap, rememberFailed, type Waiting } from "./laps.js";
import { MOST_NAMED } from "./list-overdue.js";
import { OVERDUE } from "./overdue.js";
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
import { FIRST_LARGE, inWaves, isStopped, MOST_BESIDE, tells } from "./waves.js";

export interface SumUp {
  /** The fleet as the next wave takes it up. */
  readonly fleet: Fleet;
  /**
   * `wave`: this execution does the next one, too. `pause`: the next one carries on after `seconds`. `stopped`: too much of
   * the wave failed. `nothing`: it ends without a word, because there was nothing to do.
   */
  readonly next: "wave" | "execution" | "pause" | "stopped" | "end" | "nothing";
  readonly seconds: number;
  /** The name of the execution that carries on. */
  readonly name: string;
  readonly totals: Totals;
}

/** `machine`: the ARN of what each item was started as. */
type Page = FleetPage & { readonly machine?: string };

/** Adds a wave's results to the totals, judges it and says how to go on. */
export function sumUp(fleet: Fleet, page: Page, results: readonly FleetResult[]): SumUp {
  const { items, cursor } = page;
  const { unreached, leftOut } = withoutUnreachable(page.leftOut);
  const { totals: before = NONE, lap: lapBefore = FIRST_LAP, wave = 0 } = fleet;
  // Who was skipped or left out in the first lap is so in the next ones again.
  const isFirst = lapBefore.number === 0;
  const done = results.filter((result) => !comesAgain(result) && (isFirst || result.outcome !== "skipped"));
  const added = done.reduce(add, {
    ...withFailed(before, newlyUnreached(unreached, before.byReason)),
    leftOut: isFirst ? sums(before.leftOut, leftOut) : before.leftOut,
    ...failuresOf(before, page, results),
    ...(before.late || page.late ? { late: [...(before.late ?? []), ...(page.late ?? [])].slice(0, MOST_NAMED) } : {}),
  });
  const waits = results.filter(comesAgain).map(({ reason }) => ({ [reason]: 1 }));
  const lap = {
    ...lapBefore,
    waiting: [page.waiting, ...waits].reduce(sums, lapBefore.waiting),
    rotated: lapBefore.rotated + added.rotated - before.rotated,
  };
  const failed = rememberFailed(
    fleet.failed,
    items.flatMap(({ input }, index) => (isFailed(results[index] ?? SKIPPED) ? [String(input.secretId)] : [])),
  );
  const goes = goesOn(fleet, wave, items, cursor, results, added);
  const again = goes === "end" ? nextLap(lap, fleet.staggerMinutes) : undefined;
  const totals = goes === "end" && !again ? givenUp(added, lap.waiting) : added;
  const next: Fleet = {
    ...without(fleet),
    ...(cursor ? { cursor } : {}),
    totals,
    // An empty one is none, the canary is the first that is rotated; nor is one of none that tell, but the run has begun by it.
    wave: wave + (items.some(tells) || (wave === 0 && items.length > 0) ? 1 : 0),
    ...(again ? { lap: again.lap } : cursor ? { lap } : {}),
    ...(failed.length > 0 && (again || cursor) ? { failed } : {}),
  };
  const seconds = again?.seconds ?? 0;
  return {
    fleet: next,
    next: again ? (seconds > 0 ? "pause" : "execution") : goes,
    seconds,
    name: randomUUID(),
    totals,
  };
}

/** Of an item whose page was lost. */
const SKIPPED: FleetResult = { outcome: "skipped", reason: "PageLost" };

/** Rotations that people are told of together; of more, how many they are. */
const MOST_FAILURES = 20;

/** Only of executions that are part of a run: of any other people are told by itself. They have their items' names. */
function failuresOf(
  { failures = [] }: Totals,
  { items, machine = "" }: Page,
  results: readonly FleetResult[],
): Pick<Totals, "failures"> {
  if (!items.some(({ input }) => input.run)) return {};
  const executions = machine.replace(":stateMachine:", ":execution:");
  // Of a page that was lost nobody knows which.
  const failed =
    results.length === items.length ? items.filter((_, index) => isFailed(results[index] as FleetResult)) : [];
  // What fails night after night must not keep out of sight what fails for the first time.
  const fresh = failed.toSorted((a, b) => Number(a.failing ?? false) - Number(b.failing ?? false));
  return { failures: [...failures, ...fresh.map(({ name }) => `${executions}:${name}`)].slice(0, MOST_FAILURES) };
}

function goesOn(
  fleet: Fleet,
  wave: number,
  items: readonly FleetItem[],
  cursor: Cursor | null,
  results: readonly FleetResult[],
  { leftOut }: Totals,
): SumUp["next"] {
  if (fleet.schedule === RECOVERY && results.length === 0) return "nothing";
  // All in one execution, so that what it puts out was counted by itself.
  if (fleet.schedule === OVERDUE) return cursor ? "wave" : Object.keys(leftOut).length > 0 ? "end" : "nothing";
  const judged = inWaves(fleet);
  if (judged && cursor && isStopped(wave, items, results, fleet.toleratedFailurePercent ?? 100)) return "stopped";
  if (!cursor) return "end";
  return judged && wave < FIRST_LARGE && items.length <= MOST_BESIDE ? "wave" : "execution";
}

/** An account that could not be listed counts as one failure. */
function withFailed(totals: Totals, unreached: Totals["byReason"]): Totals {
  const failed = totals.failed + Object.keys(unreached).length;
  // People are told of it, also where nothing else was to be done.
  const told = Object.keys(unreached).length > 0 ? { failures: totals.failures ?? [] } : {};
  return { ...totals, failed, byReason: sums(totals.byReason, unreached), ...told };
}

/** What waits for its server still when the run ends is left to the next. */
function givenUp(totals: Totals, waiting: Waiting): Totals {
  const count = Object.values(waiting).reduce((all, one) => all + one, 0);
  return { ...totals, skipped: totals.skipped + count, byReason: sums(totals.byReason, waiting) };
}

function without({ cursor: _, lap: __, failed: ___, ...fleet }: Fleet): Fleet {
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
