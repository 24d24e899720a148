import type { Surroundings } from "../service.js";

export const DAY = 86_400;

/** Seconds since 1970, as JSON 1.1 carries times. */
export function now({ clock }: Pick<Surroundings, "clock">): number {
  return clock().getTime() / 1000;
}

/** AWS gives LastAccessedDate to the day only. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY) * DAY;
}
