import type { Pair } from "../engine.js";
import { shownGrants } from "../mysql-wire/align.js";
import type { Wire } from "../mysql-wire/connect.js";
import { baseNamed, pairOf } from "../pairs.js";
import { CLONE } from "./marks.js";
import { traits } from "./traits.js";

/** A login is the clone of the one that it is called after where it has been granted the mark. Any other is a base. */
export async function pair(wire: Wire): Promise<Pair> {
  const { user } = wire.account;
  const base = baseNamed(user);
  return pairOf(user, base !== undefined && (await isClone(wire)) ? base : undefined, traits);
}

async function isClone(wire: Wire): Promise<boolean> {
  const grants = await shownGrants(wire, "FOR CURRENT_USER()");
  return grants.some(
    (grant) =>
      grant.kind === "role" && !grant.admin && grant.role.name === CLONE.name && grant.role.host === CLONE.host,
  );
}
