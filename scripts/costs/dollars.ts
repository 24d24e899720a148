import { PRICES } from "./prices.js";
import type { Usage } from "./usage.js";

/** What nobody has measured at AWS yet, on the safe side: docs/first-run-on-aws.md measures it. */
export const ASSUMED = {
  /** Of a function with 512 MB, cold starts and the database's work included. */
  secondsAnInvocation: 0.6,
  logBytesAnInvocation: 1_000,
  /** Of Keyturn's own key: table, log groups, queue, topic, archive. */
  keyCallsARotation: 10,
  /** Records of more than 1 KB, and the index. */
  unitsAWrite: 3,
  /** What the recovery measures every ten minutes. */
  metricsAlways: 2,
  /** Of rotations with one engine that end well, the doctor, and the look for what is overdue: each counts in the hours in which it is sent. */
  metricsAtTimes: 11,
  hoursADay: 3,
};
const GIGABYTES = 0.5;

/** Dollars of what is used, the functions' logs included. */
export function dollarsOf({ transitions, invocations, secretCalls, reads, writes, events }: Usage): number {
  return (
    transitions * PRICES.transition.dollars +
    invocations * invocationDollars() +
    secretCalls * PRICES.secretCall.dollars +
    reads * PRICES.read.dollars +
    writes * ASSUMED.unitsAWrite * PRICES.write.dollars +
    events * PRICES.event.dollars
  );
}

function invocationDollars(): number {
  const time = ASSUMED.secondsAnInvocation * GIGABYTES * PRICES.gigabyteSecond.dollars;
  return PRICES.invocation.dollars + time + (ASSUMED.logBytesAnInvocation / 1e9) * PRICES.logGigabyte.dollars;
}

export function times(usage: Usage, factor: number): Usage {
  return combined(usage, (count) => count * factor);
}

export function add(one: Usage, other: Usage): Usage {
  return combined(one, (count, of) => count + other[of]);
}

function combined(usage: Usage, change: (count: number, of: keyof Usage) => number): Usage {
  const changed = Object.entries(usage).map(([of, count]) => [of, change(count, of as keyof Usage)]);
  return Object.fromEntries(changed) as unknown as Usage;
}
