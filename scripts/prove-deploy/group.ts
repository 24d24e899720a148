import type { ChildProcess } from "node:child_process";

/** Has a child that was spawned `detached`, and all that it has started, end with this process. Gives what ends them now. */
export function endsWithUs(child: ChildProcess): () => void {
  const end = () => {
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // None of them is left.
    }
  };
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  return end;
}
