import type { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
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
import { markerOf, unreadyMarkerOf } from "./marks.js";
import { baseOf, fold } from "./names.js";
import type { Account, Accounts } from "./users.js";

/** What the server says of two logins that it knows as a pair. */
export interface Known {
  readonly base: Account;
  /** Absent where it is to be made. */
  readonly clone: Account | undefined;
  /** Whether the base was barred by us, or its mark was left over. */
  readonly retired: boolean;
  /** Whether the clone has had a turn: it was given once all that it is made with. */
  readonly turned: boolean;
}

/** Refuses what would take something over, before anything is changed. `mayMake`: the clone is made where there is none. */
export async function check(
  wire: Wire,
  accounts: Accounts,
  pair: Pair,
  { mayMake }: { mayMake: boolean },
): Promise<Known> {
  const { base: name, clone: cloneName } = pair;
  const { what } = accounts;
  refuseOnAzure(wire);
  if (pair.keptIn !== keptIn(wire)) throw keptElsewhere(wire, name);
  for (const login of [name, cloneName]) refuseItself(wire, login);
  const base = await accounts.find(name);
  if (!base) throw unknownUser(what, name);
  refusePowerful(name, base);
  const original = baseOf(name);
  if (original !== undefined && (await accounts.find(original)))
    throw ambiguousPair(what, name, accounts.howToMark([original, name], markerOf(original)));
  const clone = await accounts.find(cloneName);
  if (!clone && !mayMake) throw cloneMissing(cloneName);
  if (clone) refusePowerful(cloneName, clone);
  if (clone && !(await accounts.isMarked(cloneName, markerOf(name))))
    throw cloneNameTaken(what, cloneName, accounts.howToMark([name, cloneName], markerOf(name)));
  if (clone && !(await accounts.isMarked(name, markerOf(name)))) {
    const [, add = ""] = accounts.howToMark([name], markerOf(name)).split("; ");
    throw baseNotMarked(what, name, cloneName, add);
  }
  const retired = await accounts.isMarked(name, unreadyMarkerOf(name));
  const turned = clone !== undefined && !(await accounts.isMarked(cloneName, unreadyMarkerOf(name)));
  return { base, clone, retired, turned };
}

/** A login that a person barred is not let in again. */
export function refuseBarred(accounts: Accounts, pair: Pair, { base, retired }: Known): void {
  if (base.barred && !retired) throw baseCannotLogIn(accounts.what, pair.base, accounts.howToLetIn(pair.base));
}

export function refuseItself(wire: Wire, username: string): void {
  if (fold(username) === fold(wire.facts.login)) throw adminItself(username);
}

/** As an admin a session changes no login that may do everything, or make itself such a one. */
export function refusePowerful(name: string, { powerful }: Account): void {
  if (powerful) throw superuser(name, "sysadmin, securityadmin, CONTROL SERVER");
}

/**
 * A login's password is set by an admin in master only: there a name means a login of the server, whatever databases keep
 * users of that name. Nobody needs it elsewhere, because every login and user may change its own.
 */
export function refuseUnproven(wire: Wire, username: string): void {
  if (wire.facts.contained || fold(wire.facts.database) === "master") return;
  throw refusal(
    "UnsupportedError",
    "UnprovenLogin",
    `In the database ${JSON.stringify(wire.facts.database)} ${JSON.stringify(username)} may be a user that it keeps itself, and the ` +
      "admin is a login of the server. On SQL Server a login changes its own password: see why it may not, and that " +
      "nothing in the database (a trigger) stops it.",
  );
}

/**
 * What is of a server Azure SQL Database has not: roles of one's own, that mark a pair, and other databases, from which logins are
 * looked at. A user that the database keeps itself needs none of it. `own`: for a change of the login's own password.
 * https://learn.microsoft.com/azure/azure-sql/database/transact-sql-tsql-differences-sql-server
 */
export function refuseOnAzure({ facts }: Wire, { own = false } = {}): void {
  if (!facts.azure || facts.contained || (own && fold(facts.database) === "master")) return;
  throw refusal(
    "UnsupportedError",
    "AzureLogin",
    own
      ? "On Azure SQL Database a login changes its password in master only. Let the application be a user that its database " +
          "keeps itself (CREATE USER … WITH PASSWORD), which needs no login."
      : "On Azure SQL Database no admin changes logins for Keyturn, nor are they paired: it has no server roles of one's own. Let " +
          "application and admin be users that the database keeps itself (CREATE USER … WITH PASSWORD).",
  );
}

/** What keeps the session's login: a contained database, or, `undefined`, the server. */
function keptIn(wire: Wire): string | undefined {
  return wire.facts.contained ? wire.facts.database : undefined;
}

function keptElsewhere(wire: Wire, base: string): KeyturnError {
  const admin = wire.facts.contained
    ? "the admin is a user of a contained database"
    : "the admin is a login of the server";
  return refusal(
    "UnsupportedError",
    "LoginKeptElsewhere",
    `${JSON.stringify(base)} is kept elsewhere than its admin: ${admin}, and the same name is somebody else there. Name in ` +
      '"masterarn" an admin that is kept in the same place.',
  );
}
