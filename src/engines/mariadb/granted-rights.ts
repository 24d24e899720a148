import { shownGrants } from "../mysql-wire/align.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Grant } from "../mysql-wire/grant.js";
import { quoteRole } from "../mysql-wire/grant-statements.js";

/** With what all of these roles give, in use or not, and theirs. */
export async function withRoles(wire: Wire, grants: readonly Grant[]): Promise<Grant[]> {
  const all = [...grants];
  const seen = new Set<string>();
  for (let at = 0; at < all.length; at += 1) {
    const grant = all[at];
    if (grant?.kind !== "role" || seen.has(grant.role.name)) continue;
    seen.add(grant.role.name);
    all.push(...(await shownGrants(wire, `FOR ${quoteRole(grant.role)}`)));
  }
  return all;
}
