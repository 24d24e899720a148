/**
 * A boundary between two side effects of a rotation, found by recording one that goes well: a call over AWS's wire, or
 * a turn of a conversation with the database, which is what the client sends until the server answers.
 */
export type Point =
  | {
      readonly on: "aws";
      /** The role that calls, `SetSecretRole`. */
      readonly caller: string;
      readonly service: string;
      readonly operation: string;
      /** The how-manieth of its kind, from 1. */
      readonly nth: number;
    }
  | { readonly on: "database"; readonly connection: number; readonly turn: number };

/** Before it takes effect, or after it did and before the answer is back. */
export type When = "before" | "after";

/** How a rotation dies at a point. */
export type Way =
  /** The function's process is gone, or its time is up. */
  | "killed"
  | "timed out"
  /** The connection is cut; calls of AWS as often as the SDK tries. */
  | "reset"
  | "throttled"
  /** From there on, until somebody mends it. */
  | "denied"
  | "database away"
  /** The execution is stopped; the function that it waited for goes on. */
  | "stopped"
  /** SIGKILL for the whole cloud, which is started again on its data. */
  | "machine gone";

/** What happens after: the state machine's own retries; the recovery alone; somebody starts it again by hand. */
export type Afterwards = "retries" | "recovery" | "started again";

export interface Case {
  readonly point: Point;
  readonly when: When;
  readonly way: Way;
  readonly afterwards: Afterwards;
}

const SELF: readonly Way[] = ["killed", "timed out", "reset", "throttled"];

/** Every case that makes sense of these points. */
export function casesOf(points: readonly Point[]): Case[] {
  return points.flatMap((point) =>
    (["before", "after"] as const).flatMap((when) =>
      waysAt(point).flatMap((way) =>
        (SELF.includes(way) ? (["retries"] as const) : (["recovery", "started again"] as const)).map((afterwards) => ({
          point,
          when,
          way,
          afterwards,
        })),
      ),
    ),
  );
}

function waysAt(point: Point): Way[] {
  if (point.on === "database") return ["killed", "timed out", "reset", "database away", "stopped", "machine gone"];
  const lasting: Way[] = ["throttled", "denied", "stopped", "machine gone"];
  // A state machine has no process of its own that could die.
  return point.caller === "RotateSecretRole" && point.service !== "lambda"
    ? lasting
    : ["killed", "timed out", "reset", ...lasting];
}

export function textOf({ point, when, way, afterwards }: Case): string {
  const where =
    point.on === "aws"
      ? `${point.caller} ${point.service}:${point.operation} #${point.nth}`
      : `database connection ${point.connection}, turn ${point.turn}`;
  return `${way} ${when} ${where}, then ${afterwards}`;
}
