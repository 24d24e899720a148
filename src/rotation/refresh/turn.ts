import { type Consumer, isSince, type Refresh } from "../consumers.js";

export interface Asked {
  /** The execution that asks. */
  readonly by: string;
  /** When the rotation had ended that it asks for; ISO 8601. */
  readonly rotatedAt: string;
}

export type Turn =
  /** It was told since, and that has ended. */
  | { readonly decision: "covered" }
  | { readonly decision: "wait"; readonly seconds: number }
  /** It is for this execution to tell it, now. */
  | { readonly decision: "start" }
  /** This execution has told it, and does not know yet how that ended. */
  | { readonly decision: "look"; readonly refresh: Refresh }
  /** That has ended, and may not be announced yet. */
  | { readonly decision: "ended"; readonly refresh: Refresh };

const LOOK_AGAIN_SECONDS = 60;

/**
 * What is to be done of a consumer for a rotation. One execution tells it at a time, and not sooner after the last time than
 * the deployment wants; all others wait, and what was rotated before it was told is taken up with that. So any number
 * of rotations has it told twice: at once, and once more when its time is over. One that was told by an execution which
 * never said how it ended is told again after its limit.
 */
export function turnOf(last: Refresh | undefined, asked: Asked, consumer: Consumer, now: Date): Turn {
  if (last && !last.outcome) {
    if (last.by === asked.by) return { decision: "look", refresh: last };
    const over = after(last.startedAt, consumer.limitMinutes * 60);
    if (now < over)
      return waitUntil(new Date(Math.min(over.getTime(), now.getTime() + LOOK_AGAIN_SECONDS * 1_000)), now);
  }
  if (last?.outcome && last.by === asked.by) return { decision: "ended", refresh: last };
  if (last?.outcome && isSince(last, asked.rotatedAt)) return { decision: "covered" };
  const begins = [
    after(asked.rotatedAt, consumer.gatherSeconds),
    ...(last ? [after(last.startedAt, consumer.everyMinutes * 60)] : []),
  ];
  const first = new Date(Math.max(...begins.map((at) => at.getTime())));
  return now < first ? waitUntil(first, now) : { decision: "start" };
}

/** Seconds until a refresh is looked at again: a tenth of how long it has taken, so that a long one is not asked about for ever. */
export function pollSeconds(startedAt: string, now: Date): number {
  const taken = (now.getTime() - new Date(startedAt).getTime()) / 1_000;
  return Math.round(Math.min(Math.max(taken / 10, 15), 120));
}

/** Whether it has taken longer than it may. */
export function isOverdue({ startedAt }: Refresh, { limitMinutes }: Consumer, now: Date): boolean {
  return now >= after(startedAt, limitMinutes * 60);
}

function after(at: string, seconds: number): Date {
  return new Date(new Date(at).getTime() + seconds * 1_000);
}

function waitUntil(at: Date, now: Date): Turn {
  return { decision: "wait", seconds: Math.max(Math.ceil((at.getTime() - now.getTime()) / 1_000), 1) };
}
