import pc from "picocolors";

/** What was to be proven. `ok` is null where it did not run; `reason` says why it failed or did not. */
export interface Ran {
  readonly what: string;
  readonly ok: boolean | null;
  readonly reason?: string;
  /** What was seen, in identifiers. */
  readonly seen?: string;
}

/** Thrown where something cannot run on this machine. */
export class Unavailable extends Error {}

export type Report = ReturnType<typeof reportTo>;

/** Runs proofs one after the other, tells each at once, and goes on after one that fails. */
export function reportTo(out: NodeJS.WritableStream) {
  const ran: Ran[] = [];

  function add(entry: Ran, ms?: number): void {
    ran.push(entry);
    const mark = entry.ok === null ? pc.yellow("SKIPPED") : entry.ok ? pc.green("✔") : pc.red("✘");
    const took = ms === undefined ? "" : pc.dim(`  ${(ms / 1000).toFixed(1)} s`);
    out.write(`${mark} ${entry.what}${took}\n`);
    for (const more of [entry.reason, entry.seen]) if (more) out.write(pc.dim(`    ${more}\n`));
  }

  return {
    ran,
    fail: (what: string, reason: string) => add({ what, ok: false, reason }),
    skip: (what: string, reason: string) => add({ what, ok: null, reason }),
    /** Whether it holds. `work` gives what was seen; throws where it does not hold. */
    async prove(what: string, work: () => Promise<string | undefined>): Promise<boolean> {
      const start = performance.now();
      const took = () => performance.now() - start;
      try {
        const seen = await work();
        add({ what, ok: true, ...(seen ? { seen } : {}) }, took());
        return true;
      } catch (error) {
        const reason = (error as Error).message.slice(0, 2_000);
        add({ what, ok: error instanceof Unavailable ? null : false, reason }, took());
        return false;
      }
    },
  };
}
