import { KeyturnError } from "../../errors.js";
import type { Account, Wire } from "./connect.js";
import { type Grant, grantsIn, isUsage, type Role, reverseOf, statementOf } from "./grant.js";
import { quoteAccount } from "./quote.js";

/**
 * Gives the clone what the base has been granted, and takes from it what it has not. `marks`: the roles that say what
 * Keyturn knows of a login, and no others' business.
 */
export async function alignGrants(wire: Wire, base: Account, clone: Account, marks: readonly string[]) {
  const wanted = await grantsOf(wire, base, marks);
  const found = await grantsOf(wire, clone, marks);
  const statement = (grant: Grant) => statementOf(wire.connection, grant, clone);
  const missing = lacking(wanted, found, statement);
  const extra = lacking(found, wanted, statement);
  for (const grant of extra) for (const taking of reverseOf(wire.connection, grant, clone)) await wire.query(taking);
  // What was taken may have been wider than what is extra, so all of it is given again.
  for (const grant of extra.length > 0 ? wanted : missing) await wire.query(statement(grant));
  return { granted: missing.map(statement), revoked: extra.map(statement) };
}

/** What `alignGrants` would give the clone, which may not be there yet. */
export async function missingGrants(
  wire: Wire,
  base: Account,
  clone: Account,
  { isThere, marks }: { isThere: boolean; marks: readonly string[] },
): Promise<Grant[]> {
  const found = isThere ? await grantsOf(wire, clone, marks) : [];
  return lacking(await grantsOf(wire, base, marks), found, (grant) => statementOf(wire.connection, grant, clone));
}

function lacking(these: readonly Grant[], those: readonly Grant[], statement: (grant: Grant) => string): Grant[] {
  const had = new Set(those.map(statement));
  return these.filter((grant) => !had.has(statement(grant)));
}

/**
 * What an account has been granted and another can be given. A proxy's right is not handed on: with it a clone would act
 * as a third login. What stands in the rows about passwords and TLS the account's definition says.
 */
async function grantsOf(wire: Wire, account: Account, marks: readonly string[]): Promise<Grant[]> {
  const grants = await shownGrants(wire, `FOR ${quoteAccount(wire.connection, account)}`);
  const hasRole = ({ name, host }: Role) =>
    grants.some((one) => one.kind === "role" && one.role.name === name && one.role.host === host);
  return grants.filter((grant) => {
    if (grant.kind === "proxy") return false;
    if (grant.kind === "privileges") return grant.grantable || grant.taken || !isUsage(grant);
    // A default role outlives the grant of the role: then it is none.
    return !marks.includes(grant.role.name) && hasRole(grant.role);
  });
}

/** SHOW GRANTS, understood. `which`: `FOR …`; empty for the session itself with its active roles. */
export async function shownGrants({ query }: Pick<Wire, "query">, which = ""): Promise<Grant[]> {
  const rows = await query<Record<string, string>>(`SHOW GRANTS ${which}`);
  return rows.flatMap((row) => grantsIn(Object.values(row)[0] ?? "") ?? unknownGrant());
}

function unknownGrant(): never {
  throw new KeyturnError("UnsupportedError", {
    code: "GrantUnknown",
    message:
      "A row of SHOW GRANTS is of a form that Keyturn does not know, so it cannot tell what it gives. Tag the secret " +
      "keyturn:strategy = single-user, and report the form of the row.",
  });
}
