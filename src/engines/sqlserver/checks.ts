import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import type { Wire } from "./connect.js";
import { baseOf, fold } from "./names.js";
import { type Account, type Accounts, markerOf, unreadyMarkerOf } from "./users.js";

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

/** Refuses what would take something over, before anything is changed. */
export async function check(
  wire: Wire,
  accounts: Accounts,
  pair: Pair,
  { mayMake }: { mayMake: boolean },
): Promise<Known> {
  const { base: name, clone: cloneName } = pair;
  if (pair.keptIn !== keptIn(wire)) throw keptElsewhere(wire, name);
  for (const login of [name, cloneName]) refuseItself(wire, login);
  const base = await accounts.find(name);
  if (!base) throw unknown(accounts.what, name);
  if (base.powerful) throw superuser();
  const original = baseOf(name);
  if (original !== undefined && (await accounts.find(original))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(name)} may be the clone of a ${accounts.what} that exists. If it is (AWS's function made it), ` +
        `say so: ${accounts.howToMark([original, name], markerOf(original))} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  const clone = await accounts.find(cloneName);
  if (!clone && !mayMake) {
    const missing = `the clone ${JSON.stringify(cloneName)} must be there`;
    throw refusal("InvalidSecretError", "CloneMissing", `With keyturn:grants = keep, and on the way back, ${missing}.`);
  }
  if (clone?.powerful) throw superuser();
  if (clone && !(await accounts.isMarked(cloneName, markerOf(name)))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The ${accounts.what} ${JSON.stringify(cloneName)} exists and does not say that it is a clone. If it is one (AWS's ` +
        `function made it), say so: ${accounts.howToMark([name, cloneName], markerOf(name))} If not, rename one of the two.`,
    );
  }
  if (clone && !(await accounts.isMarked(name, markerOf(name)))) {
    const [, add] = accounts.howToMark([name], markerOf(name)).split("; ");
    throw refusal(
      "ConflictError",
      "BaseNotMarked",
      `The ${accounts.what} ${JSON.stringify(cloneName)} is the clone of one of this name, and nothing says that it is this one: ` +
        `it may have outlived another. If it is this one, say so: ${add} If not, drop the clone.`,
    );
  }
  const retired = await accounts.isMarked(name, unreadyMarkerOf(name));
  const turned = clone !== undefined && !(await accounts.isMarked(cloneName, unreadyMarkerOf(name)));
  return { base, clone, retired, turned };
}

/** A login that a person barred is not let in again. */
export function refuseBarred(accounts: Accounts, pair: Pair, { base, retired }: Known): void {
  if (!base.barred || retired) return;
  throw refusal(
    "ConflictError",
    "BaseCannotLogIn",
    `The ${accounts.what} ${JSON.stringify(pair.base)} may not log in, and it was not Keyturn that barred it. ` +
      "Let it in again, when it is known why, or tag the secret with another keyturn:strategy.",
  );
}

/** As an admin a session changes others only. */
export function refuseItself(wire: Wire, username: string): void {
  if (fold(username) !== fold(wire.facts.login)) return;
  throw refusal(
    "ConflictError",
    "AdminItself",
    `${JSON.stringify(username)} is the admin's own login. Name another admin in "masterarn", or none.`,
  );
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

export function unknown(what: string, name: string): KeyturnError {
  return refusal(
    "InvalidSecretError",
    "UnknownUser",
    `The ${what} ${JSON.stringify(name)} does not exist on the admin's server.`,
  );
}

export function superuser(): KeyturnError {
  return refusal(
    "UnsupportedError",
    "Superuser",
    "A login that may do everything (sysadmin, securityadmin, CONTROL SERVER) is neither cloned nor changed by an admin. " +
      "Tag its secret keyturn:strategy = single-user.",
  );
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
