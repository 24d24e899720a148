import { FunctionError } from "../service.js";
import type { FunctionHost } from "./host.js";

/** A function that somebody else has deployed: no part of the template, and nothing of it is known but what it does. */
export function stranger(work: (event: unknown) => Promise<unknown>): FunctionHost {
  return {
    async invoke(event) {
      try {
        return await work(event);
      } catch (error) {
        throw new FunctionError((error as Error).name, (error as Error).message);
      }
    },
    kill: async () => undefined,
    stop: async () => undefined,
  };
}
