import type { Pair } from "../engine.js";
import { nameTooLong } from "../refusals.js";
import type { Wire } from "./connect.js";
import { markerOf, retiredMarkerOf } from "./marks.js";
import { baseOf, cloneOf, dictionaryName } from "./names.js";
import { isAtLeast } from "./version.js";

/**
 * A login is a clone when it has been granted the role that says whose. Names are given as the secret writes them.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/USER_ROLE_PRIVS.html
 */
export async function pair(wire: Wire): Promise<Pair> {
  const login = wire.account.credential.username;
  const base = baseOf(login);
  if (base !== undefined) {
    const marked = await wire.query("SELECT 1 FROM SYS.USER_ROLE_PRIVS WHERE GRANTED_ROLE = :role", {
      role: markerOf(dictionaryName(base)),
    });
    if (marked.length > 0) return { base, clone: login, next: base };
  }
  const clone = cloneOf(login);
  refuseLongNames(wire, { base: login, clone });
  return { base: login, clone, next: clone };
}

/** The clone's name, and that of its role, must fit. */
export function refuseLongNames({ serverVersion }: Wire, { base, clone }: Pick<Pair, "base" | "clone">): void {
  // Also where a newer server's COMPATIBLE is older than 12.2, which only the server itself can refuse.
  // https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html
  const max = isAtLeast(serverVersion, 12, 2) ? 128 : 30;
  for (const name of [dictionaryName(clone), retiredMarkerOf(dictionaryName(base))])
    if (Buffer.byteLength(name) > max) throw nameTooLong(name, { max, unit: "bytes" }, "dual-password");
}
