/** What one rotation took, in milliseconds. */
export interface Rotation {
  readonly wholeMs: number;
  /** From where Create begins to where Finish has ended: without what plans, locks, records and tells. */
  readonly createToFinishMs: number;
  /** From where Set begins: as long as that, something is between two credentials. */
  readonly setToFinishMs: number;
}

type Moment = "create" | "set" | "finished";

/** Starts at once, and is told when each moment has come. */
export function stopwatch() {
  const start = performance.now();
  const moments: Partial<Record<Moment, number>> = {};
  return {
    note(moment: Moment) {
      moments[moment] = performance.now();
    },
    stop(): Rotation {
      const { create, set, finished } = moments;
      if (create === undefined || set === undefined || finished === undefined)
        throw new Error("A rotation went by without Create, Set or Finish.");
      return {
        wholeMs: performance.now() - start,
        createToFinishMs: finished - create,
        setToFinishMs: finished - set,
      };
    },
  };
}
