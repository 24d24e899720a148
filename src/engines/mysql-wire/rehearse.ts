import type { Change, Pair } from "../engine.js";
import { heldByOne, othersAccounts } from "./accounts.js";
import { lacksRight, lookAtPair, permitted } from "./alternate.js";
import type { Account, Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import { missingGrants } from "./grants.js";
import { type Granted, grantedIn, holds, mayGrant } from "./rights.js";

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
  const { bases, clones } = await permitted(wire, dialect, pair, () => lookAtPair(wire, dialect, pair, grants));
  const own = await ownRights(dialect);
  if (!mayManageUsers(own)) throw lacksRight(wire, dialect, pair);
  if (grants === "keep" || pair.next === pair.base) return READ;
  const isWhole = bases.every((base) => clones.some(({ host }) => host === base.host));
  if (!isWhole && !(await dialect.mayMarkBy(dialect.cloneMark(pair.base)))) throw lacksRight(wire, dialect, pair);
  for (const base of bases) {
    const wanted = await permitted(wire, dialect, pair, () => missing(wire, dialect, base, { pair, clones }));
    if (!wanted.every((grant) => mayGrant(own, grant))) throw lacksRight(wire, dialect, pair);
  }
  return READ;
}

async function missing(
  wire: Wire,
  dialect: Dialect,
  base: Account,
  { pair, clones }: { pair: Pair; clones: readonly Account[] },
): Promise<Granted[]> {
  const isThere = clones.some(({ host }) => host === base.host);
  const clone = { user: pair.clone, host: base.host };
  const marks = [dialect.cloneMark(pair.base).name, dialect.retiredMark(pair.base).name];
  return (await missingGrants(wire, base, clone, { isThere, marks })).flatMap(grantedIn);
}

async function ownRights(dialect: Dialect): Promise<Granted[]> {
  return (await dialect.ownGrants()).flatMap(grantedIn);
}

function mayManageUsers(own: readonly Granted[]): boolean {
  return holds(own, "CREATE USER", EVERYWHERE) || holds(own, "UPDATE", USERS);
}
