import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";

/** Where, when and of what figures are: without that they are none. */
export interface About {
  /** The day, in UTC. */
  readonly date: string;
  readonly commit: string;
  readonly command: string;
  readonly machine: string;
  readonly node: string;
  /** Of the processors, in the minute before: how many wanted to work. */
  readonly load: number;
}

/** To be taken before anything is measured. `command`: what makes the figures again. */
export function about(command: string): About {
  const [processor] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    command,
    machine: `${cpus().length} × ${processor?.model.trim() || process.arch}, ${gib} GiB, Linux ${release()}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** `+`: with what is not committed. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/data", ":!bench/plots");
    return git("rev-parse", "--short=9", "HEAD").trim() + (changed ? "+" : "");
  } catch {
    return "of no repository";
  }
}
