import { daysBetween } from "../schedule/expression.js";
import type { Expected } from "./overdue.js";

/** A schedule, as far as it says how often its secrets are looked at. */
export interface Planned extends Omit<Expected, "everyDays"> {
  readonly expression?: string;
  /** The schedule after whose end it starts. */
  readonly after?: string;
}

/** What is expected of a schedule's secrets. One that comes after another runs as often as that. Of one that runs once, or by hand and at any age, nothing is. */
export function expectedOf(name: string, schedules: Readonly<Record<string, Planned>>): Expected | undefined {
  const { expression: _, after: __, ...expected } = schedules[name] as Planned;
  const { expression, timezone } = firstOf(name, schedules);
  const everyDays = expression === undefined ? 0 : daysBetween(expression, timezone);
  if (everyDays === undefined || (everyDays === 0 && expected.dueAfterDays === undefined)) return undefined;
  return { everyDays, ...expected };
}

/** The schedule whose clock starts it, maybe after others; itself where it has one, or none has. */
export function firstOf<Schedule extends Pick<Planned, "after">>(
  name: string,
  schedules: Readonly<Record<string, Schedule>>,
): Schedule {
  let first = schedules[name] as Schedule;
  const passed = new Set([name]);
  while (first.after !== undefined && schedules[first.after] && !passed.has(first.after)) {
    passed.add(first.after);
    first = schedules[first.after] as Schedule;
  }
  return first;
}
