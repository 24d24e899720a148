import { generator } from "../random.js";
import { type MachineProcess, startMachine } from "./machine-process.js";
import { type Case, casesOf, textOf } from "./points.js";
import { type CaseResult, recordPoints, runCase } from "./run-case.js";
import type { Arena, Subject } from "./subjects.js";

export interface MatrixOptions {
  /** How many of the cases are run, drawn by the seed; absent: all. */
  readonly sample?: number;
  readonly seed: number;
  /** Only cases whose text has this in it. */
  readonly only?: string;
  /** How many machines die side by side. */
  readonly jobs: number;
  /** Looked at between cases: throws once it is aborted, with all machines stopped. */
  readonly interrupted?: AbortSignal;
  /** Told of each case. */
  onCase?(text: string, result: CaseResult): void;
  /** Told of each subject, once its points are known. */
  onPoints?(subject: string, points: number): void;
}

export interface MatrixFigures {
  readonly cases: number;
  readonly points: number;
  readonly lockouts: number;
  readonly stuck: number;
  readonly untrueRecords: number;
  /** Single-user only: how long AWSCURRENT was refused at most, with waits that pass a thousand times faster. */
  readonly longestGapMs: number;
  readonly seed: number;
  /** Cases whose point was not reached, because two runs are never the same to the packet. */
  readonly notReached: number;
  /** What went wrong, by case. */
  readonly failures: ReadonlyArray<{ readonly case: string; readonly result: CaseResult }>;
}

interface Job {
  readonly arena: Arena;
  readonly subject: Subject;
  readonly one: Case;
}

/** Kills rotations of every subject at every point, or at a sample of them, and judges what is found afterwards. */
export async function runMatrix(arenas: readonly Arena[], options: MatrixOptions): Promise<MatrixFigures> {
  const machines = new Map<Arena, MachineProcess>();
  try {
    return await runOn(machines, arenas, options);
  } finally {
    await Promise.all([...machines.values()].map((machine) => machine.stop()));
  }
}

/** `machines`: where the points of an arena were recorded goes on being where its cases are run. */
async function runOn(
  machines: Map<Arena, MachineProcess>,
  arenas: readonly Arena[],
  options: MatrixOptions,
): Promise<MatrixFigures> {
  const { cases, points } = await allCases(machines, arenas, options);
  const chosen = drawn(cases, options);
  const failures: Array<MatrixFigures["failures"][number]> = [];
  let longestGapMs = 0;
  let notReached = 0;

  async function work(machine: MachineProcess, queue: Job[]): Promise<void> {
    for (let job = queue.shift(); job; job = queue.shift()) {
      options.interrupted?.throwIfAborted();
      const text = `${job.subject.name}: ${textOf(job.one)}`;
      const result = await runCase(machine, job.subject, job.one);
      options.onCase?.(text, result);
      if (!result.struck) notReached += 1;
      if (job.subject.mayGap) longestGapMs = Math.max(longestGapMs, result.gapMs);
      if (result.lockout || result.stuck || result.untrue.length > 0) failures.push({ case: text, result });
    }
  }

  async function workOnAnother(arena: Arena, queue: Job[]): Promise<void> {
    const machine = await startMachine(arena.database, arena.caFile);
    await work(machine, queue).finally(() => machine.stop());
  }

  for (const [arena, machine] of machines) {
    const queue = chosen.filter((job) => job.arena === arena);
    const others = Math.min(options.jobs, queue.length) - 1;
    const jobs = [
      work(machine, queue),
      ...Array.from({ length: Math.max(others, 0) }, () => workOnAnother(arena, queue)),
    ];
    // Whoever is told of the first that failed takes the database away from the others.
    await Promise.allSettled(jobs);
    await Promise.all(jobs);
  }
  const count = (is: (result: CaseResult) => boolean) => failures.filter(({ result }) => is(result)).length;
  return {
    cases: chosen.length,
    points,
    lockouts: count(({ lockout }) => lockout),
    stuck: count(({ stuck }) => stuck),
    untrueRecords: count(({ untrue }) => untrue.length > 0),
    longestGapMs,
    seed: options.seed,
    notReached,
    failures,
  };
}

async function allCases(
  machines: Map<Arena, MachineProcess>,
  arenas: readonly Arena[],
  { interrupted, onPoints }: MatrixOptions,
): Promise<{ cases: Job[]; points: number }> {
  const cases: Job[] = [];
  let points = 0;
  for (const arena of arenas) {
    const machine = await startMachine(arena.database, arena.caFile);
    machines.set(arena, machine);
    for (const subject of arena.subjects) {
      interrupted?.throwIfAborted();
      const found = await recordPoints(machine, subject);
      points += found.length;
      onPoints?.(subject.name, found.length);
      cases.push(...casesOf(found).map((one) => ({ arena, subject, one })));
    }
  }
  return { cases, points };
}

/** The same seed draws the same cases, as long as the points are the same. */
function drawn(cases: readonly Job[], { sample, seed, only }: MatrixOptions): Job[] {
  const wanted = only ? cases.filter(({ subject, one }) => `${subject.name}: ${textOf(one)}`.includes(only)) : cases;
  if (sample === undefined) return [...wanted];
  const random = generator(seed);
  return wanted
    .map((job) => ({ job, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, sample)
    .map(({ job }) => job);
}
