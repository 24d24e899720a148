import { shownGrants } from "../mysql-wire/align.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Grant } from "../mysql-wire/grant.js";
import { quoteRole } from "../mysql-wire/grant-statements.js";

/** Of all its roles too, in use or not. `whose`: an account as SQL. */
export async function allGrants(wire: Wire, whose: string): Promise<Grant[]> {
  const grants = await shownGrants(wire, `FOR ${whose}`);
  const roles = grants.flatMap((grant) => (grant.kind === "role" ? [quoteRole(grant.role)] : []));
  return roles.length === 0 ? grants : shownGrants(wire, `FOR ${whose} USING ${roles.join(", ")}`);
}
