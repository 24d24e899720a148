import { setTimeout as sleep } from "node:timers/promises";

/** The rotations that are under way. */
export interface Rotations {
  /** Begins the work, unless the secret's last is at work still. It must not reject. */
  begin(secretArn: string, work: () => Promise<void>): void;
  /** Waits between two tries, so many milliseconds; whether there is to be another: not once it is closed. */
  pause(ms: number): Promise<boolean>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function openRotations(): Rotations {
  const running = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const settled = async () => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    begin(secretArn, work) {
      if (running.has(secretArn)) return;
      running.set(
        secretArn,
        work().finally(() => running.delete(secretArn)),
      );
    },
    async pause(ms) {
      try {
        await sleep(ms, undefined, { signal: closing.signal });
        return true;
      } catch {
        return false;
      }
    },
    settled,
    async close() {
      closing.abort();
      await settled();
    },
  };
}
