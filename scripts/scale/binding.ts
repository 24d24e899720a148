import { QUOTAS, WRITES_A_SECOND } from "./quotas.js";
import type { Simulated } from "./simulate.js";

/** What a run needs of something that there is so much of: seconds, or a share from 0 to 1. */
export interface Need {
  readonly what: string;
  readonly amount: number;
}

/** How many seconds a run would take if nothing but this held it up; what holds it up is the first. */
export function secondsFor(
  { rotated, executions, listCalls, usage, seconds }: Simulated,
  atOnce: number,
): readonly Need[] {
  const rate = (what: string, amount: number, aSecond: number): Need => ({ what, amount: amount / aSecond });
  return mostFirst([
    { what: `${atOnce} at once`, amount: seconds },
    rate(`${WRITES_A_SECOND} writes a second`, 2 * rotated, WRITES_A_SECOND),
    // Each rotation, and what looks at the label that it moved.
    rate("StartExecution", 2 * rotated + executions, QUOTAS.starts.limit),
    rate("state transitions", usage.transitions, QUOTAS.transitions.limit),
    rate("ListSecrets", listCalls, QUOTAS.secretLists.limit),
    // Of the rule on labels that move, and of that on announcements, which people are told of.
    rate("targets of rules", 2 * rotated, QUOTAS.eventsDelivered.limit),
    // The lock taken, what it would go back to noted, and the lock given back.
    rate("the index of what is unsettled", 3 * rotated, QUOTAS.partitionWrites.limit),
  ]);
}

/** How much is taken of what does not come again with the next second. */
export function sharesOf(
  { rotated, history, stateBytes }: Simulated,
  secrets: number,
  atOnce: number,
): readonly Need[] {
  const share = (what: string, taken: number, { limit }: { limit: number }): Need => ({ what, amount: taken / limit });
  // The fleet's own, each rotation, and what the one before it left to be told and looked at.
  const open = 1 + 3 * Math.min(rotated, atOnce);
  return mostFirst([
    share("secrets in a region", secrets, QUOTAS.secrets),
    share("a history", history.worst, QUOTAS.history),
    share("a state", stateBytes, QUOTAS.stateBytes),
    share("open executions", open, QUOTAS.openExecutions),
    share("functions at work", open, QUOTAS.environments),
  ]);
}

function mostFirst(needs: readonly Need[]): readonly Need[] {
  return needs.toSorted((a, b) => b.amount - a.amount);
}
