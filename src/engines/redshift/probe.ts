import { probe as probeBy } from "../postgres-wire/probe.js";
import type { Wire } from "./connect.js";

/** The path is the session's own again for as long as the transaction lasts. One row: all of them are made for it. */
export function probe({ client }: Wire, statements: readonly string[]): Promise<void> {
  return probeBy(client, statements, { first: "RESET search_path", run: "FETCH FORWARD 1 FROM keyturn" });
}
