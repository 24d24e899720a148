import { probe as probeBy } from "../postgres-wire/probe.js";
import type { Wire } from "./connect.js";

/** With the names and settings of the login's own sessions, which cannot be had back in one that began without. */
export function probe({ asTheLoginWould }: Wire, statements: readonly string[]): Promise<void> {
  return asTheLoginWould((client) => probeBy(client, statements, { run: "MOVE FORWARD ALL IN keyturn" }));
}
