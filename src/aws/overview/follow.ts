import { setTimeout } from "node:timers/promises";
import type { HistoryEvent, SFNClient } from "@aws-sdk/client-sfn";
import { type Execution, executionIn } from "../../overview/execution.js";
import { historyReader } from "../history.js";

export interface Follow {
  /** Ends it, without a word. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks: the least, soon after something has happened, and the most. */
  readonly every?: readonly [least: number, most: number];
}

/**
 * An execution of `rotate-secret` as it goes on: what it is now, then each time that more is known, and last how it ended.
 * Whoever stops to read stops nothing in the cloud. How often Step Functions may be asked, all of an account share, so the
 * looks become rarer while nothing happens. Throws what the SDK throws when it did so several times in a row.
 */
export async function* follow(
  client: SFNClient,
  executionArn: string,
  how: Follow = {},
): AsyncGenerator<Execution, void> {
  for await (const events of changes(client, executionArn, how)) yield executionIn(events);
}

/** The history of any execution, each time that there is more of it, until it has ended. */
export async function* changes(
  client: SFNClient,
  executionArn: string,
  { signal, every: [least, most] = [400, 4_000] }: Follow,
): AsyncGenerator<readonly HistoryEvent[], void> {
  const read = historyReader(client, executionArn, { data: true });
  let [known, wait, failures] = [0, least, 0];
  while (!signal?.aborted) {
    try {
      const events = await read();
      failures = 0;
      if (events.length > known) {
        known = events.length;
        wait = least;
        yield events;
        if (ENDS.has(events.findLast(({ type }) => type?.startsWith("Execution"))?.type ?? "")) return;
      }
    } catch (error) {
      // One that has only just begun may not be known everywhere yet, and a line may be cut for a while.
      failures += 1;
      if (failures >= MOST_FAILURES) throw error;
    }
    await setTimeout(wait, undefined, signal ? { signal } : {}).catch(() => undefined);
    wait = Math.min(wait * 1.5, most);
  }
}

/** An execution that is redriven goes on behind such an event. */
const ENDS: ReadonlySet<string> = new Set([
  "ExecutionSucceeded",
  "ExecutionFailed",
  "ExecutionTimedOut",
  "ExecutionAborted",
]);

/** In a row, each of which the SDK has tried several times by itself. */
const MOST_FAILURES = 4;
