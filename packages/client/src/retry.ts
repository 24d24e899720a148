import { setTimeout as sleep } from "node:timers/promises";
import type { Credential } from "./credential.js";
import { isRejection as isDriversRejection } from "./rejections.js";

/** Grows slowly, because it is usually a matter of some tens of milliseconds until the label moves. */
const PAUSE = { firstMs: 50, longestMs: 1_000, growth: 1.5 };

export interface Retry<Result> {
  readonly work: (credential: Credential) => Result | Promise<Result>;
  readonly get: () => Promise<Credential>;
  /** How many readings of the secret were begun. */
  readonly begun: () => number;
  /** What a reading gives that is begun after so many others. */
  readonly newerThan: (begun: number) => Promise<Credential>;
  readonly clock: () => number;
  readonly retryMs: number;
  readonly isRejection?: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
}

/** Runs the work again while it is refused: at once with a new version, after a pause with the same one. */
export async function retryRejected<Result>(retry: Retry<Result>): Promise<Result> {
  const { work, get, begun, newerThan, clock, retryMs, isRejection = isDriversRejection, signal } = retry;
  let credential = await get();
  let refusedAt: number | undefined;
  for (let pauses = 0; ; ) {
    const before = begun();
    try {
      return await work(credential);
    } catch (refusal) {
      if (!isRejection(refusal)) throw refusal;
      refusedAt ??= clock();
      const until = refusedAt + retryMs;
      let next = await newerThan(before).catch(() => undefined);
      if (next === undefined || next.versionId === credential.versionId) {
        // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        const pause = Math.random() * Math.min(PAUSE.longestMs, PAUSE.firstMs * PAUSE.growth ** pauses);
        pauses += 1;
        if (clock() + pause >= until) throw refusal;
        if (!(await passed(pause, signal))) throw refusal;
        next = await newerThan(begun()).catch(() => undefined);
      }
      if (clock() >= until || signal?.aborted) throw refusal;
      credential = next ?? credential;
    }
  }
}

/** False when the signal came first. */
function passed(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return sleep(ms, true, signal ? { signal } : {}).catch(() => false);
}
