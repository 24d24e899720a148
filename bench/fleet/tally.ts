import type { Usage } from "../../scripts/costs/usage.js";
import type { Cloud } from "../../src/local/cloud.js";
import type { FaultyCall } from "../../src/local/gateway/faults.js";

/** What was used while it was counted. */
export interface Tally {
  readonly usage: Usage;
  /** Calls of every service. */
  readonly apiCalls: number;
  /** Writes to Secrets Manager in the second that has most, wherever that begins. */
  readonly writesPerSecondMax: number;
}

const READS = new Set(["GetItem", "Query", "BatchGetItem"]);

/** Those that share a quota. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const WRITES = new Set(["PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"]);

/**
 * Counts from now on, until it is asked. It looks at calls as they come in, because the cloud forgets them when there are many,
 * and at states as they are entered, because histories of thousands would have to be read.
 */
export function tally(cloud: Pick<Cloud, "inject" | "onHistory">): () => Tally {
  const calls = new Map<string, number>();
  const writes: number[] = [];
  const see = ({ service, operation }: FaultyCall) => {
    const name = service === "dynamodb" ? `dynamodb ${READS.has(operation) ? "reads" : "writes"}` : service;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    if (service === "secretsmanager" && WRITES.has(operation)) writes.push(performance.now());
    return false;
  };
  const { lift } = cloud.inject({ match: see, kind: "hang", when: "before" });
  const entered = new Map<string, number>();
  const started = new Map<string, number>();
  const listenNoMore = cloud.onHistory(({ machine, state, type }) => {
    const counts = type === "StateEntered" ? entered : type === "TaskStarted" ? started : undefined;
    const name = `${machine} ${state}`;
    counts?.set(name, (counts.get(name) ?? 0) + 1);
  });
  return () => {
    lift();
    listenNoMore();
    const count = (name: string) => calls.get(name) ?? 0;
    return {
      usage: {
        transitions: transitionsOf(entered, started),
        invocations: count("lambda"),
        secretCalls: count("secretsmanager"),
        reads: count("dynamodb reads"),
        writes: count("dynamodb writes"),
        events: count("events"),
      },
      apiCalls: sum(calls.values()),
      writesPerSecondMax: mostInASecond(writes),
    };
  };
}

/** A task is one for each time that it is tried; any other state, for each time that it is entered. */
function transitionsOf(entered: ReadonlyMap<string, number>, started: ReadonlyMap<string, number>): number {
  const others = [...entered].filter(([state]) => !started.has(state)).map(([, times]) => times);
  return sum([...others, ...started.values()]);
}

/** Milliseconds, in their order. */
export function mostInASecond(times: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] as number) - (times[first] as number) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}
