import type { Pair } from "../engine.js";
import { baseNamed, pairOf } from "../pairs.js";
import type { Wire } from "./connect.js";
import { isMarked } from "./marks.js";
import { traits } from "./traits.js";
import { rolesOf } from "./users.js";

/**
 * A login is the clone of the one that it is called after where it has their role. Any other is a base. A user may always ask
 * for its own roles. https://www.mongodb.com/docs/manual/reference/command/usersInfo/#required-access
 */
export async function pair(wire: Wire): Promise<Pair> {
  const { username } = wire;
  const base = baseNamed(username);
  const isClone = base !== undefined && isMarked(wire, base, (await rolesOf(wire, username)) ?? []);
  return pairOf(username, isClone ? base : undefined, traits);
}
