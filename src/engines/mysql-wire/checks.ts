import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { baseNamed } from "../pairs.js";
import {
  adminItself,
  ambiguousPair,
  baseCannotLogIn,
  baseNotMarked,
  cloneMissing,
  cloneNameTaken,
  refusal,
  superuser,
  unknownUser,
} from "../refusals.js";
import type { Wire } from "./connect.js";
import type { Dialect, KnownAccount } from "./dialect.js";
import { isMarked, unmarked } from "./marks.js";
import { isAllPowerful } from "./superuser.js";

/**
 * The accounts of a login that an admin is to change. Throws, before anything is changed, `UnknownUser` for none,
 * `AdminItself`, `SeveralAccounts` for those that may be of more holders than one (who holds `app@10.%` must not be given
 * the password of `app@%`), and `Superuser`.
 */
export async function othersAccounts(wire: Wire, dialect: Dialect, user: string): Promise<KnownAccount[]> {
  if (user === wire.account.user) throw adminItself(user);
  return heldByOne(wire, dialect, user);
}

/** As `othersAccounts`, or those of the session's own login. */
export async function heldByOne(wire: Wire, dialect: Dialect, user: string): Promise<KnownAccount[]> {
  const accounts = await dialect.accountsOf(user);
  if (accounts.length === 0) throw unknownUser("user", user);
  await refuseSeveral(dialect, user, accounts);
  if (user !== wire.account.user) await refuseSuperusers(dialect, accounts);
  return accounts;
}

export async function refuseSuperusers(dialect: Dialect, accounts: readonly KnownAccount[]): Promise<void> {
  for (const account of accounts)
    if (isAllPowerful(await dialect.grantsOf(account)))
      throw superuser(account.user, "SUPER, FILE, or to write the tables of accounts");
}

export async function refuseSeveral(dialect: Dialect, user: string, accounts: readonly KnownAccount[]): Promise<void> {
  if (accounts.length < 2 || (await dialect.areOneLogin(accounts))) return;
  throw refusal(
    "ConflictError",
    "SeveralAccounts",
    `The user ${JSON.stringify(user)} has an account for each of ${accounts.length} hosts, which may be those of ` +
      `different people, so an admin does not give them all one password. If they are one login: ${dialect.howToJoin(user)}`,
  );
}

/** The accounts of two logins that the server knows as a pair. */
export interface Known {
  readonly bases: readonly KnownAccount[];
  /** None where they are to be made. */
  readonly clones: readonly KnownAccount[];
}

/** Refuses what would take something over, or open it again, before anything is changed. */
export async function check(wire: Wire, dialect: Dialect, pair: Pair, grants: "sync" | "keep"): Promise<Known> {
  if ([pair.base, pair.clone].includes(wire.account.user)) throw adminItself(wire.account.user);
  const bases = await dialect.accountsOf(pair.base);
  const clones = await dialect.accountsOf(pair.clone);
  if (bases.length === 0) throw unknownUser("user", pair.base);
  await checkMarks(dialect, pair, { bases, clones, grants });
  await refuseSeveral(dialect, pair.base, bases);
  await refuseSuperusers(dialect, [...bases, ...clones]);
  const locked = bases.filter((base) => base.locked);
  // A role is a locked account, too.
  if (locked.length > 0 && !(await isMarked(dialect, dialect.retiredMark(pair.base), locked)))
    throw baseCannotLogIn("user", pair.base, "ALTER USER … ACCOUNT UNLOCK.");
  return { bases, clones };
}

async function checkMarks(
  dialect: Dialect,
  pair: Pair,
  { bases, clones, grants }: Known & { grants: "sync" | "keep" },
): Promise<void> {
  const original = baseNamed(pair.base);
  if (original !== undefined && (await dialect.accountsOf(original)).length > 0)
    throw ambiguousPair("user", pair.base, dialect.howToMark(original));
  if (clones.length === 0 && (grants === "keep" || pair.next === pair.base)) throw cloneMissing(pair.clone);
  const isNamed = pair.clone === pair.base + SUFFIX && [pair.base, pair.clone].includes(pair.next);
  // One that was never whole is ours, to be made whole and for nothing else.
  const ours = [dialect.cloneMark(pair.base), ...(grants === "sync" ? [dialect.makingMark(pair.base)] : [])];
  if (!isNamed || (await unmarked(dialect, ours, clones)).length > 0)
    throw cloneNameTaken("user", pair.clone, dialect.howToMark(pair.base));
  // Of accounts that are one login one is enough: hosts may be added.
  if (clones.length > 0 && (await unmarked(dialect, [dialect.baseMark(pair.base)], bases)).length === bases.length)
    throw baseNotMarked("user", pair.base, pair.clone, dialect.howToMark(pair.base));
}
