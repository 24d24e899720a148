import { Cron } from "croner";

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * What is wrong with a schedule expression of EventBridge Scheduler, for a person; `undefined` if nothing is.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function checkExpression(expression: string): string | undefined {
  try {
    next(expression, "Etc/UTC", new Date(), new Date());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * When a schedule fires first after a moment; `undefined` for never again. `anchor`: where the intervals of a rate are
 * counted from, the schedule's creation. Around a change of the clocks it fires as croner says: a time that is left out
 * at the time after the gap, one that comes twice the first time. Throws for a wrong expression.
 */
export function nextFire(expression: string, timezone: string, after: Date, anchor: Date = after): Date | undefined {
  return next(expression, timezone, after, anchor);
}

/** A year with its changes of the clocks, and the same one for every package. */
const SAMPLED_FROM = Date.parse("2026-01-01T00:00:00Z");
const SAMPLED_DAYS = 400;
const SAMPLE_MS = UNIT_MS.day / 4;

/** How many days lie between two of a schedule's firings at most, to the nearest; `undefined` where it fires once only. */
export function daysBetween(expression: string, timezone: string): number | undefined {
  if (expression.trim().startsWith("at(")) return undefined;
  let longest = 0;
  for (let from = SAMPLED_FROM; from < SAMPLED_FROM + SAMPLED_DAYS * UNIT_MS.day; from += SAMPLE_MS) {
    const fires = nextFire(expression, timezone, new Date(from));
    if (fires) longest = Math.max(longest, fires.getTime() - from);
  }
  return longest > 0 ? Math.max(1, Math.round(longest / UNIT_MS.day)) : undefined;
}

function next(expression: string, timezone: string, after: Date, anchor: Date): Date | undefined {
  const [, kind, body = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === "rate") return nextOfRate(body, after, anchor);
  if (kind === "cron") return nextOfCron(body, timezone, after);
  if (kind === "at") return at(body, timezone, after);
  throw new Error(`${expression} is none of cron(…), rate(…) and at(…)`);
}

function nextOfRate(body: string, after: Date, anchor: Date): Date {
  const [, count = "", unit = ""] = /^(\d+) (minute|hour|day)s?$/.exec(body.trim()) ?? [];
  if (Number(count) < 1)
    throw new Error(`rate(${body}) must be a whole number from 1 and minutes, hours or days, as in rate(12 hours)`);
  const interval = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const passed = Math.floor((after.getTime() - anchor.getTime()) / interval);
  return new Date(anchor.getTime() + (passed + 1) * interval);
}

function nextOfCron(body: string, timezone: string, after: Date): Date | undefined {
  const fields = body.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6) {
    throw new Error(
      `cron(${body}) has ${fields.length} fields, not the six of minutes hours day-of-month month day-of-week year`,
    );
  }
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new Error(`cron(${body}) must have ? in exactly one of day-of-month and day-of-week`);
  }
  const pattern = [
    "0",
    minutes,
    hours,
    dayOfMonth,
    month,
    dayOfWeek?.replace(/^([1-7]|[A-Z]{3})L$/i, "$1#L"),
    year,
  ].join(" ");
  try {
    const cron = new Cron(pattern, {
      timezone,
      mode: "7-part",
      alternativeWeekdays: true,
      sloppyRanges: true,
      paused: true,
    });
    return cron.nextRun(after) ?? undefined;
  } catch (error) {
    throw new Error(`cron(${body}) is wrong: ${(error as Error).message.replace(/^CronPattern: /, "")}`);
  }
}

function at(body: string, timezone: string, after: Date): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body)) throw new Error(`at(${body}) must be as at(2027-01-31T02:00:00)`);
  return new Cron(body, { timezone, paused: true }).nextRun(after) ?? undefined;
}
