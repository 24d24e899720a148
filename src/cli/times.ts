const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far a moment is from now, as a person says it: `3 d ago`, `in 14 h`, `now`. */
export function fromNow(at: string | Date, now: Date): string {
  const ms = new Date(at).getTime() - now.getTime();
  const long = span(Math.abs(ms));
  if (long === undefined) return "now";
  return ms < 0 ? `${long} ago` : `in ${long}`;
}

/** To two figures or so; `undefined` for less than a minute. */
function span(ms: number): string | undefined {
  if (ms < MINUTE_MS) return undefined;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.round(ms / DAY_MS)} d`;
}

/** How long something took. */
export function lasting(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 2 * MINUTE_MS) return `${(ms / 1_000).toFixed(1)} s`;
  return span(ms) ?? "";
}

/** To the minute, in UTC: `2026-12-20 02:00Z`. */
export function utc(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** As a clock on the wall of that zone shows it, with the day of the week: `Sun 2026-12-20 02:00`. */
export function inZone(at: string | Date, timezone: string): string {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: timezone });
  const rest = new Intl.DateTimeFormat("sv-SE", { ...parts, timeZone: timezone });
  return `${day.format(new Date(at))} ${rest.format(new Date(at))}`;
}
