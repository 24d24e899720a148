import type { Brakes } from "../../../src/rotation/brakes.js";

/** A door and a line, in memory. */
export interface ImaginedBrakes {
  /** Who else is inside. */
  readonly inside?: number;
  /** How many rotations in a row had no answer; left alone: whether it is so now. */
  readonly silences?: number;
  readonly leftAlone?: boolean;
  /** When the last of those that are kept apart came in. */
  readonly lastIn?: Date;
  /** Milliseconds until a place in line is free. */
  readonly line?: number;
}

/** `went`: who went in and out, in order. */
export function imaginedBrakes(
  { inside = 0, silences = 0, leftAlone = false, lastIn, line = 0 }: ImaginedBrakes,
  went: string[],
): Brakes {
  return {
    async enter(server, _, __, { atOnce, evenIfSilent, noneSince }) {
      if (leftAlone && !evenIfSilent) return "ServerSilent";
      if (lastIn && noneSince && lastIn > noneSince) return "Staggered";
      if (inside >= atOnce) return "ServerBusy";
      went.push(`in at ${server}`);
      return silences > 0 ? "entered after silence" : "entered";
    },
    async leave(server, _, __, { answered }) {
      went.push(`out at ${server}, ${answered === undefined ? "answer unknown" : answered ? "answered" : "silent"}`);
    },
    closedAmong: async (servers) => new Map(leftAlone ? servers.map((one) => [one, "ServerSilent"]) : []),
    async takePlace(_, { mostMs }) {
      return line > mostMs ? { waitMs: line, full: true } : { waitMs: line };
    },
  };
}
