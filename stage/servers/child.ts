import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";

/**
 * Ties a server to this process: it is killed where this one ends without stopping it. Gives what stops it, and removes its
 * folder then. `signal`: what it ends well by.
 */
export function tied(server: ChildProcess, folder: string, signal: NodeJS.Signals = "SIGTERM"): () => Promise<void> {
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  return async () => {
    process.off("exit", kill);
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, "exit");
      server.kill(signal);
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
}
