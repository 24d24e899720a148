import { type AccessKey, temporaryKey } from "../gateway/access-keys.js";
import type { Environment } from "./environment.js";

/**
 * What clouds leave to the next of the same process, so that it need not start every function anew: the functions' keys, and
 * environments that are idle. Each keeps what it was started with, so it serves only where it would be started with the same.
 */
export interface Warm {
  /** The key of a function's role, in all of these clouds. */
  keyOf(functionArn: string): Required<AccessKey>;
  /** One that was started so, for whoever takes it alone. */
  take(startedWith: string): Environment | undefined;
  /** Keeps an idle one; in the place of the one that is kept longest, where there are many. */
  keep(startedWith: string, environment: Environment): void;
  /** Ends all that are kept. */
  end(): Promise<void>;
}

/** Of some 20 MB each. */
const MOST = 32;

export function warm(): Warm {
  const keys = new Map<string, Required<AccessKey>>();
  const kept = new Map<Environment, string>();
  const forget = (one: Environment) => kept.delete(one);
  return {
    keyOf(functionArn) {
      const key = keys.get(functionArn) ?? temporaryKey();
      keys.set(functionArn, key);
      return key;
    },
    take(startedWith) {
      const [one] = [...kept].find(([, how]) => how === startedWith) ?? [];
      if (one) forget(one);
      one?.worker.removeAllListeners("exit").removeAllListeners("error");
      return one;
    },
    keep(startedWith, one) {
      kept.set(one, startedWith);
      one.worker.on("exit", () => forget(one)).on("error", () => forget(one));
      const [oldest] = kept.keys();
      if (!oldest || kept.size <= MOST) return;
      forget(oldest);
      void oldest.worker.terminate();
    },
    async end() {
      await Promise.all([...kept.keys()].map(({ worker }) => worker.terminate()));
    },
  };
}
