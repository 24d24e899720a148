/** The deployed schedules, as EventBridge has them: not what a keyturn.yml on somebody's disk says. */
import { expectedOf, firstOf, type Planned } from "../fleet/expected.js";
import { DOCTOR } from "../fleet/list-due.js";
import { type Expected, OVERDUE } from "../fleet/overdue.js";
import type { Fleet } from "../fleet/page.js";
import { RECOVERY } from "../fleet/unsettled.js";
import { type Blackout, isBlackedOut } from "../schedule/blackout.js";
import { nextFire } from "../schedule/expression.js";

/** What a schedule's clock starts the fleet with. */
type Told = Pick<
  Fleet,
  | "namePrefixes"
  | "tags"
  | "list"
  | "dueAfterDays"
  | "blackouts"
  | "concurrency"
  | "toleratedFailurePercent"
  | "expected"
>;

export interface DeployedSchedule extends Omit<Planned, "everyDays">, Omit<Told, "expected"> {
  readonly name: string;
  readonly flexibleWindowMinutes: number;
  /** Somebody may have turned it off at EventBridge. */
  readonly enabled: boolean;
  /** What the intervals of a rate are counted from. */
  readonly createdAt?: Date;
  /** `looks`: one of Keyturn's own, which rotates no secret of its own. */
  readonly purpose: "rotates" | "looks";
}

export interface DeployedSchedules {
  /** By name. Of those that are started by hand, only what the look for overdue secrets is told of is known. */
  readonly byName: Readonly<Record<string, DeployedSchedule>>;
  /** What is expected of each schedule's secrets. */
  readonly expected: Readonly<Record<string, Expected>>;
}

/** A clock of EventBridge Scheduler's, or a rule that starts a schedule after another; `input` is what it starts the fleet with. */
export interface DeployedTrigger
  extends Pick<DeployedSchedule, "name" | "expression" | "after" | "flexibleWindowMinutes" | "enabled" | "createdAt"> {
  /** Absent: its input's, or UTC. */
  readonly timezone?: string;
  readonly input: string;
}

const OWN = [RECOVERY, DOCTOR, OVERDUE];

/** Reads what is deployed. An input that is no JSON counts as an empty one: somebody has changed it by hand. */
export function deployedSchedules(triggers: readonly DeployedTrigger[]): DeployedSchedules {
  const told = triggers.map(({ input, ...trigger }) => ({ trigger, told: toldIn(input) }));
  const found = told.map(({ trigger, told: { expected: _, timezone = "Etc/UTC", ...fleet } }) => ({
    timezone,
    ...fleet,
    ...trigger,
    purpose: OWN.includes(trigger.name) ? ("looks" as const) : ("rotates" as const),
  }));
  const known: Readonly<Record<string, DeployedSchedule>> = byName(found);
  const expected = told.find(({ trigger }) => trigger.name === OVERDUE)?.told.expected ?? expectedBy(known);
  const byHand = Object.entries(expected).filter(([name]) => !Object.hasOwn(known, name));
  const others = byHand.map(([name, { everyDays: _, ...said }]) => ({
    name,
    ...said,
    flexibleWindowMinutes: 0,
    enabled: true,
    purpose: "rotates" as const,
  }));
  return { byName: { ...known, ...byName(others) }, expected };
}

/** Where the look for overdue secrets is turned off. */
function expectedBy(known: Readonly<Record<string, DeployedSchedule>>): Readonly<Record<string, Expected>> {
  const rotating = Object.values(known).filter(({ purpose }) => purpose === "rotates");
  return Object.fromEntries(
    rotating.flatMap(({ name }) => {
      const found = expectedOf(name, known);
      return found ? [[name, found]] : [];
    }),
  );
}

function byName(schedules: readonly DeployedSchedule[]): Record<string, DeployedSchedule> {
  return Object.fromEntries(schedules.map((one) => [one.name, one]));
}

function toldIn(input: string): Told & { readonly timezone?: string } {
  try {
    const { schedule: _, scheduledAt: __, dryRun: ___, ...told } = JSON.parse(input) as Fleet;
    return told;
  } catch {
    return {};
  }
}

/** When each schedule begins to rotate; for many secrets at once. */
export interface Clock {
  /** The first run after a moment that no blackout holds back; of one that comes after another, when that begins. `undefined`: never, or not known. */
  nextRun(schedule: string, after: Date): Date | undefined;
}

/** Runs that blackouts may hold back one after the other before the next one counts as not known. */
const MOST_HELD_BACK = 2_000;
/** Gaps between two runs that are remembered of a schedule: a year of nights. */
const MOST_GAPS = 400;

/** Secrets of one schedule ask for the same few runs, so each is reckoned once. */
export function clockOf(schedules: Pick<DeployedSchedules, "byName">): Clock {
  const gaps = new Map<string, Array<readonly [from: number, to: Date | undefined]>>();
  return {
    nextRun(name, after) {
      if (!Object.hasOwn(schedules.byName, name)) return undefined;
      const known = gaps.get(name) ?? [];
      gaps.set(name, known);
      const asked = after.getTime();
      const gap = known.find(([from, to]) => from <= asked && (to === undefined || asked < to.getTime()));
      if (gap) return gap[1];
      const [run] = runsOf(name, schedules, after, 1);
      if (known.length < MOST_GAPS) known.push([asked, run]);
      return run;
    },
  };
}

/** The next runs after a moment, as many as asked for where there are so many; a blackout's are left out. */
export function runsOf(
  name: string,
  { byName }: Pick<DeployedSchedules, "byName">,
  after: Date,
  count: number,
): Date[] {
  const own = byName[name];
  const { expression, timezone, createdAt, enabled } = firstOf(name, byName);
  const runs: Date[] = [];
  if (!own?.enabled || !expression || !enabled) return runs;
  let at: Date | undefined = after;
  for (let tried = 0; at && runs.length < count && tried < MOST_HELD_BACK; tried += 1) {
    at = nextFire(expression, timezone, at, createdAt);
    if (at && !isBlackedOut(own.blackouts ?? [], own.timezone, at)) runs.push(at);
  }
  return runs;
}

/** A schedule as a person is shown it. Times are ISO 8601. */
export interface ScheduleView
  extends Pick<
    DeployedSchedule,
    | "name"
    | "purpose"
    | "expression"
    | "after"
    | "timezone"
    | "enabled"
    | "flexibleWindowMinutes"
    | "dueAfterDays"
    | "concurrency"
    | "toleratedFailurePercent"
  > {
  /** When it begins next, or within `flexibleWindowMinutes` of it. */
  readonly next: readonly string[];
  readonly blackouts: readonly Blackout[];
  /** Whether one of them holds now. */
  readonly blackedOut: boolean;
  /** Of the secrets that are tagged with it, those only. */
  readonly secrets: {
    readonly namePrefixes?: readonly string[];
    readonly tags?: object;
    readonly list?: readonly string[];
  };
  /** How many secrets are on it now, by their tags; absent for one that looks. */
  readonly count?: number;
}

/** All schedules, those that rotate first. `counts`: secrets by the schedule that their tag names. */
export function scheduleViews(
  deployed: DeployedSchedules,
  counts: Readonly<Record<string, number>>,
  now: Date,
): ScheduleView[] {
  const all = Object.values(deployed.byName).toSorted(
    (a, b) => Number(a.purpose === "looks") - Number(b.purpose === "looks") || a.name.localeCompare(b.name),
  );
  return all.map(({ namePrefixes, tags, list, createdAt: _, blackouts = [], ...own }) => ({
    ...own,
    // Only blackouts have one that comes after another say its zone.
    ...(own.after && blackouts.length === 0 ? { timezone: firstOf(own.name, deployed.byName).timezone } : {}),
    next: runsOf(own.name, deployed, now, 5).map((at) => at.toISOString()),
    blackouts,
    blackedOut: isBlackedOut(blackouts, own.timezone, now),
    secrets: {
      ...(namePrefixes && namePrefixes.length > 0 ? { namePrefixes } : {}),
      ...(tags ? { tags } : {}),
      ...(list ? { list } : {}),
    },
    ...(own.purpose === "rotates" ? { count: counts[own.name] ?? 0 } : {}),
  }));
}
