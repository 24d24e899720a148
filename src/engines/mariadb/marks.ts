import type { Role } from "../mysql-wire/grant.js";

/** One for each pair, as only the admin that made a role may grant it. Both of the pair have it. */
export function markOf(base: string): Role {
  return { name: `keyturn_${base}` };
}

/** What else is said of a clone, or of a base. No base has a name that makes its first mark one of these. */
export function secondMarkOf(base: string, what: "making" | "retired"): Role {
  return { name: `keyturn-${what}_${base}` };
}
