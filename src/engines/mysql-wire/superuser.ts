import type { KeyturnError } from "../../errors.js";
import { refusal } from "../refusals.js";
import type { Grant } from "./grant.js";
import { grantedIn, holds, takenIn } from "./held-rights.js";

/**
 * Rights that, held everywhere, amount to all: they run code as another login, write the system's tables past every check
 * (files, replicated rows), or change what others may not. ROLE_ADMIN gives itself every account without SYSTEM_USER as a role.
 * https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html, https://mariadb.com/kb/en/grant/#privilege-levels
 */
const ALL_POWERFUL: readonly string[] = [
  ...["SUPER", "FILE", "ROLE_ADMIN"],
  ...["SYSTEM_USER", "SYSTEM_VARIABLES_ADMIN", "PERSIST_RO_VARIABLES_ADMIN", "SET_USER_ID", "SET_ANY_DEFINER"],
  ...["BINLOG_ADMIN", "REPLICATION_APPLIER", "REPLICATION_SLAVE_ADMIN", "GROUP_REPLICATION_ADMIN", "CLONE_ADMIN"],
  ...["SET USER", "BINLOG REPLAY", "BINLOG ADMIN", "REPLICATION SLAVE ADMIN"],
];
/** Whoever may do this to the system's tables grants itself the rest. */
const WRITES: readonly string[] = ["INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP"];

const EVERYWHERE = { database: "*", object: "*" };
const SYSTEM = "mysql";

/**
 * Whether these grants let a login do everything, by itself or after a step or two. Throws `GrantUnknown` for one that is
 * not understood, as it might.
 */
export function isAllPowerful(grants: readonly Grant[]): boolean {
  if (grants.some(({ kind }) => kind === "unknown")) throw unknownGrant();
  const own = grants.flatMap(grantedIn);
  const taken = grants.flatMap(takenIn);
  if (ALL_POWERFUL.some((privilege) => holds(own, privilege, EVERYWHERE))) return true;
  return own.some((grant) =>
    WRITES.some((privilege) => {
      const where = { database: SYSTEM, object: grant.object };
      return holds([grant], privilege, where) && !(grant.database === "*" && holds(taken, privilege, where));
    }),
  );
}

export function unknownGrant(): KeyturnError {
  return refusal(
    "UnsupportedError",
    "GrantUnknown",
    "A row of SHOW GRANTS is of a form that Keyturn does not know, so it cannot tell what it gives. Tag the secret " +
      "keyturn:strategy = single-user, and report the form of the row.",
  );
}
