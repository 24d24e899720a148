import { KeyturnError } from "../../errors.js";
import type { Change } from "../engine.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Dialect } from "../mysql-wire/dialect.js";
import { grantedIn, holds } from "../mysql-wire/held-rights.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { READ, rehearse as rehearseByGrants } from "../mysql-wire/rehearse.js";
import { requireVersion } from "./version.js";

export async function rehearse(wire: Wire, dialect: Dialect, change: Change): Promise<string> {
  requireVersion(wire.serverVersion, change.kind);
  return change.kind === "second password" && change.username === wire.account.user
    ? rehearseOwnSecond(wire, dialect)
    : rehearseByGrants(wire, dialect, change);
}

/** https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords */
async function rehearseOwnSecond(wire: Wire, dialect: Dialect): Promise<string> {
  const own = (await dialect.ownGrants()).flatMap(grantedIn);
  const everywhere = { database: "*", object: "*" };
  if (["APPLICATION_PASSWORD_ADMIN", "CREATE USER"].some((privilege) => holds(own, privilege, everywhere))) return READ;
  const user = quoteAccount(wire.connection, wire.account);
  throw new KeyturnError("AccessDeniedError", {
    code: "PermissionDenied",
    message:
      `The user ${user} may not have a second password. A person who may should run: GRANT APPLICATION_PASSWORD_ADMIN ON *.* ` +
      `TO ${user}; or name an admin in "masterarn".`,
  });
}
