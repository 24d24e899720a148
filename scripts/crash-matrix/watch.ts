import type { Login } from "../../stage/postgres-tools.js";

export interface Gap {
  /** Logins that were refused although the secret had not changed meanwhile. */
  readonly refusals: number;
  /** From the first refusal to the next login that got in. */
  readonly longestMs: number;
}

/** Between two logins, so that the rotation gets something done; nothing is expected to have happened by then. */
const PAUSE_MS = 10;

/** Logs in with AWSCURRENT again and again, as an application would that reads it for each connection. */
export function watch(
  current: () => Promise<{ versionId: string; login: Login }>,
  letsIn: (login: Login) => Promise<boolean>,
): { stop(): Promise<Gap> } {
  let stopped = false;
  let refusals = 0;
  let longestMs = 0;
  let refusedSince: number | undefined;

  async function look(): Promise<void> {
    const read = await current();
    const at = performance.now();
    if (await letsIn(read.login)) {
      if (refusedSince !== undefined) longestMs = Math.max(longestMs, performance.now() - refusedSince);
      refusedSince = undefined;
      return;
    }
    // What was read may have been overtaken on the way.
    if ((await current()).versionId !== read.versionId) return;
    refusals += 1;
    refusedSince ??= at;
  }

  const over = (async () => {
    while (!stopped) {
      // A machine that is gone answers nobody; the database is asked directly.
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await over;
      if (refusedSince !== undefined) longestMs = Math.max(longestMs, performance.now() - refusedSince);
      return { refusals, longestMs: Math.round(longestMs) };
    },
  };
}
