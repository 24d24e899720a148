import { Cron } from "croner";
import { invalidParameter } from "./errors.js";
import { integer, structure, text } from "./input.js";
import type { RotationRules } from "./secret.js";
import { DAY, dayOf } from "./time.js";

const HOUR = 3600;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html */
export const rotationRules = structure({
  AutomaticallyAfterDays: integer({ min: 1, max: 1000 }),
  Duration: text({ min: 2, max: 3, pattern: /^\d+h$/ }),
  ScheduleExpression: text({ min: 1, max: 256, pattern: /^[0-9A-Za-z()#?*\-/, ]+$/ }),
});

/** Throws InvalidParameterException unless the rules are one schedule that Secrets Manager takes. */
export function checkRules(rules: RotationRules): void {
  if (rules.AutomaticallyAfterDays !== undefined && rules.ScheduleExpression !== undefined) {
    throw invalidParameter("You can specify either AutomaticallyAfterDays or ScheduleExpression, but not both.");
  }
  const first = opening(rules, 0);
  if (first && closing(rules, first) > endOfDay(first) + 1) {
    throw invalidParameter("The rotation window must not extend into the next UTC day.");
  }
}

/**
 * The end of the rotation window that comes next after `since`, in seconds since 1970; undefined without a schedule.
 * Windows are in UTC and do not reach into the next day.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export function windowAfter(rules: RotationRules, since: number): number | undefined {
  const next = opening(rules, since);
  return next && Math.min(closing(rules, next), endOfDay(next));
}

function closing({ Duration }: RotationRules, next: Opening): number {
  const hours = Duration === undefined ? next.hours : Number.parseInt(Duration, 10);
  return hours === undefined ? endOfDay(next) : next.opens + hours * HOUR;
}

/** The last second of the UTC day a window opens in. */
function endOfDay({ opens }: Opening): number {
  return dayOf(opens) + DAY - 1;
}

interface Opening {
  readonly opens: number;
  /** How long the window is if the rules name no Duration; the rest of the day if undefined. */
  readonly hours?: number | undefined;
}

function opening({ AutomaticallyAfterDays: days, ScheduleExpression: expression }: RotationRules, since: number) {
  if (days !== undefined) return daily(days, since);
  if (expression === undefined) return undefined;
  const rate = /^rate\((\d+) (hour|day)s?\)$/.exec(expression);
  if (rate) return rate[2] === "day" ? daily(Number(rate[1]), since) : hourly(Number(rate[1]), since);
  const cron = /^cron\(0 (\S+) (\S+) (\S+) (\S+) \*\)$/.exec(expression);
  if (!cron) throw invalidParameter("ScheduleExpression must be rate(…) in hours or days, or cron(0 … … … … *).");
  return byCron(cron.slice(1), since);
}

function daily(days: number, since: number): Opening {
  return { opens: dayOf(since) + days * DAY };
}

function hourly(hours: number, since: number): Opening {
  if (hours < 4) throw invalidParameter("A secret can be rotated every four hours at most.");
  return { opens: Math.floor(since / HOUR) * HOUR + hours * HOUR, hours: 1 };
}

/** AWS counts weekdays from 1, Sunday, where cron counts from 0, and writes `?` for a day field that is not used. */
function byCron([hour = "", ...days]: readonly string[], since: number): Opening {
  const [date, month, weekday = ""] = days.map((field) => field.replace("?", "*"));
  const fromSunday = weekday.replace(/(?<![#/])\d/g, (digit) => String(Number(digit) - 1)).replace(/(\d)L/, "$1#L");
  try {
    const next = new Cron(`0 ${hour} ${date} ${month} ${fromSunday}`, { timezone: "UTC" }).nextRun(
      new Date(since * 1000),
    );
    if (next) return { opens: next.getTime() / 1000, hours: /^\d+$/.test(hour) ? undefined : 1 };
  } catch {}
  throw invalidParameter("ScheduleExpression is not a valid cron expression.");
}
