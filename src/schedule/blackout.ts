/**
 * When a schedule starts nothing: between two dates or times, in some hours of the day, on some days of the week; what is said
 * of one blackout must all hold. Times are those that a clock on the wall shows in the schedule's time zone.
 */
export interface Blackout {
  /** `2026-12-20` or `2026-12-20T18:00`: its first minute. */
  readonly from?: string;
  /** As `from`: the first minute after it. */
  readonly to?: string;
  /** `22:00-06:00`: from the first minute until before the second; over midnight where the second comes first. */
  readonly hours?: string;
  /** Of the days that hours over midnight touch, that on which they begin. */
  readonly days?: ReadonlyArray<(typeof DAYS)[number]>;
}

export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When the next blackout begins, or the moment itself where one holds; `undefined` where none does within a day, for longer no
 * page of a fleet runs. To the minute.
 */
export function nextBlackout(blackouts: readonly Blackout[], timezone: string, from: Date): Date | undefined {
  if (blackouts.length === 0) return undefined;
  const clock = wallClock(timezone);
  const first = Math.floor(from.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let minute = 0; minute <= DAY_MINUTES; minute += 1) {
    const at = new Date(first + minute * MINUTE_MS);
    const wall = clock(at);
    if (blackouts.some((blackout) => covers(blackout, wall))) return minute === 0 ? from : at;
  }
  return undefined;
}

/** Whether a blackout holds at a moment. */
export function isBlackedOut(blackouts: readonly Blackout[], timezone: string, at: Date): boolean {
  if (blackouts.length === 0) return false;
  const wall = wallClock(timezone)(at);
  return blackouts.some((blackout) => covers(blackout, wall));
}

/** What is wrong with a blackout, for a person; `undefined` if nothing is. Its form was checked by the schema. */
export function checkBlackout({ from, to, hours, days }: Blackout): string | undefined {
  if (!from && !to && !hours && !days) return "it covers all times; say from, to, hours or days";
  for (const time of [from, to]) if (time && Number.isNaN(Date.parse(full(time)))) return `${time} is no date`;
  if (from && to && full(from) >= full(to)) return `it ends (${to}) before it begins (${from})`;
  if (hours) {
    const [begin, end] = hours.split("-");
    if (begin === end) return `${hours} is no time at all; leave hours out for whole days`;
  }
  return undefined;
}

/** What a clock on the wall shows. */
interface Wall {
  /** `2026-12-20T18:00` */
  readonly time: string;
  /** 0 for Sunday. */
  readonly weekday: number;
}

function covers({ from, to, hours, days }: Blackout, wall: Wall): boolean {
  if (from && wall.time < full(from)) return false;
  if (to && wall.time >= full(to)) return false;
  const [begin, end] = hours?.split("-") ?? [];
  const time = wall.time.slice(-5);
  const isOver = begin !== undefined && end !== undefined && end < begin;
  if (begin && end && !(isOver ? time >= begin || time < end : time >= begin && time < end)) return false;
  const began = isOver && time < end ? (wall.weekday + 6) % 7 : wall.weekday;
  return !days || days.includes(DAYS[began] as (typeof DAYS)[number]);
}

function full(time: string): string {
  return time.includes("T") ? time : `${time}T00:00`;
}

function wallClock(timezone: string): (at: Date) => Wall {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const format = new Intl.DateTimeFormat("sv-SE", { ...parts, timeZone: timezone });
  return (at) => {
    const time = format.format(at).replace(" ", "T");
    return { time, weekday: new Date(`${time.slice(0, 10)}T00:00:00Z`).getUTCDay() };
  };
}
