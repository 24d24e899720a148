import type { Pair } from "../engine.js";
import { pairOf, refuseTooLong } from "../pairs.js";
import { refuseOnAzure } from "./checks.js";
import type { Wire } from "./connect.js";
import { markerOf, unreadyMarkerOf } from "./marks.js";
import { baseOf } from "./names.js";
import { traits } from "./traits.js";

/**
 * A login is the clone of the one that it is called after where it is a member of their role; everybody may ask for
 * memberships of their own. Users of a contained database are a pair of that database: a login of the server may have the same
 * name and be somebody else.
 */
export async function pair(wire: Wire): Promise<Pair> {
  const { login, contained, database } = wire.facts;
  refuseOnAzure(wire);
  const base = baseOf(login);
  const found = pairOf(login, base !== undefined && (await isMarked(wire, base)) ? base : undefined, traits);
  // Also the roles that mark them, those of a clone that is a base itself included.
  if (found.next === found.clone)
    for (const role of [markerOf(found.clone), unreadyMarkerOf(login)]) refuseTooLong(role, traits);
  return contained ? { ...found, keptIn: database } : found;
}

async function isMarked({ facts, query }: Wire, base: string): Promise<boolean> {
  const [row] = await query<{ member: number | null }>({
    sql: `SELECT ${facts.contained ? "IS_ROLEMEMBER" : "IS_SRVROLEMEMBER"}(@role) AS member`,
    parameters: { role: markerOf(base) },
  });
  return row?.member === 1;
}
