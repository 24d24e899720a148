// A process of its own that rotates many secrets, so many at once, by the bare work alone.
import { bareWork, type Place } from "../bare.js";
import { atOnce } from "./at-once.js";

export interface BareTask {
  readonly place: Place;
  readonly secretIds: readonly string[];
  readonly most: number;
}

// Ctrl-C reaches every process of the terminal: who started this one ends it.
process.on("SIGINT", () => undefined);
// Whoever started it has died.
process.once("disconnect", () => process.exit(1));

process.once("message", async ({ place, secretIds, most }: BareTask) => {
  const rotate = bareWork(place);
  const start = performance.now();
  try {
    await atOnce(secretIds, most, rotate);
    process.send?.({ seconds: (performance.now() - start) / 1_000 });
  } catch (error) {
    process.send?.({ failed: (error as Error).stack });
  }
});
