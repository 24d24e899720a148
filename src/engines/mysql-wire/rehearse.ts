import type { Change, Pair } from "../engine.js";
import { missingGrants } from "./align.js";
import { check, heldByOne, othersAccounts } from "./checks.js";
import type { Account, Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import type { Grant } from "./grant.js";
import { statementOf } from "./grant-statements.js";
import { type Granted, grantedIn, holds, mayGrant } from "./held-rights.js";
import { marksOf, unmarked } from "./marks.js";
import { lacksRight, permitted } from "./permitted.js";

const EVERYWHERE = { database: "*", object: "*" };
/** Either lets a user change others. https://dev.mysql.com/doc/refman/8.4/en/alter-user.html */
const USERS = { database: "mysql", object: "user" };

/** What a rehearsal by grants says of itself. */
export const READ = "The grants were read, and they are enough.";

/**
 * Statements about accounts cannot be rolled back here, so the right to them is read: from the session's own grants, and
 * from what the server lets it see.
 */
export async function rehearse(wire: Wire, dialect: Dialect, change: Change): Promise<string> {
  if (change.kind === "own password") return "Every user may change its own password.";
  if (change.kind === "pair") return rehearsePair(wire, dialect, change);
  const base = change.username;
  await permitted(wire, dialect, { base }, () =>
    change.kind === "password" ? othersAccounts(wire, dialect, base) : heldByOne(wire, dialect, base),
  );
  if (!mayManageUsers(await ownRights(dialect))) throw lacksRight(wire, dialect, { base });
  return READ;
}

async function rehearsePair(
  wire: Wire,
  dialect: Dialect,
  { pair, grants }: { pair: Pair; grants: "sync" | "keep" },
): Promise<string> {
  const { bases, clones } = await permitted(wire, dialect, pair, () => check(wire, dialect, pair, grants));
  const own = await ownRights(dialect);
  if (!mayManageUsers(own)) throw lacksRight(wire, dialect, pair);
  if (grants === "keep" || pair.next === pair.base) return READ;
  const wanted = bases.map(({ host }) => ({ user: pair.clone, host }));
  const never = await unmarked(dialect, [dialect.cloneMark(pair.base)], wanted);
  if (never.length > 0) {
    const marks = [dialect.cloneMark(pair.base), dialect.makingMark(pair.base), dialect.baseMark(pair.base)];
    for (const mark of marks) if (!(await dialect.mayMarkBy(mark))) throw lacksRight(wire, dialect, pair);
  }
  let left = 0;
  for (const clone of wanted) {
    const isThere = clones.some(({ host }) => host === clone.host);
    const lacking = await permitted(wire, dialect, pair, () => missing(wire, dialect, { pair, clone, isThere }));
    const refused = lacking.filter((grant) => !grantedIn(grant).every((one) => mayGrant(own, one)));
    const [first] = refused;
    if (first && never.includes(clone))
      throw lacksRight(wire, dialect, pair, { statement: statementOf(wire.connection, first, clone) });
    left += refused.length;
  }
  if (left === 0) return READ;
  return `${READ} Of what ${JSON.stringify(pair.base)} got since its clone was made, ${left} the admin may not repeat: the clone goes without.`;
}

function missing(
  wire: Wire,
  dialect: Dialect,
  { pair, clone, isThere }: { pair: Pair; clone: Account; isThere: boolean },
): Promise<Grant[]> {
  const base = { user: pair.base, host: clone.host };
  return missingGrants(wire, base, clone, { isThere, marks: marksOf(dialect, pair.base) });
}

async function ownRights(dialect: Dialect): Promise<Granted[]> {
  return (await dialect.ownGrants()).flatMap(grantedIn);
}

function mayManageUsers(own: readonly Granted[]): boolean {
  return holds(own, "CREATE USER", EVERYWHERE) || holds(own, "UPDATE", USERS);
}
