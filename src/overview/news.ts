import type { Execution, Phase, Wait } from "./execution.js";

/** What has happened in an execution since it was looked at last. */
export type News =
  | { readonly kind: "begun"; readonly phase: Phase }
  /** A try failed, and there will be, or was, another. `attempt`: the how many-th it was, from 1. */
  | { readonly kind: "tried"; readonly phase: Phase; readonly attempt: number; readonly wait: Wait }
  | { readonly kind: "ended"; readonly phase: Phase };

/** In the order in which it happened; all of it where it was never looked at. */
export function newsOf(now: Execution, before?: Execution): News[] {
  return now.phases.flatMap((phase, number) => {
    const known = before?.phases[number];
    const tries = phase.waits.slice(known?.waits.length ?? 0).map((wait, index) => ({
      kind: "tried" as const,
      phase,
      attempt: (known?.waits.length ?? 0) + index + 1,
      wait,
    }));
    return [
      ...(known ? [] : [{ kind: "begun" as const, phase }]),
      ...tries,
      ...(phase.endedAt && !known?.endedAt ? [{ kind: "ended" as const, phase }] : []),
    ];
  });
}
