import type { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { AGAIN } from "../error-rows.js";
import {
  adminItself,
  ambiguousPair,
  baseCannotLogIn,
  baseNotMarked,
  cloneMissing,
  cloneNameTaken,
  refusal,
  unknownUser,
} from "../refusals.js";
import type { Wire } from "./connect.js";
import { hasRole, isMarked, markerOf, retiredMarkerOf } from "./marks.js";
import { baseOf, dictionaryName } from "./names.js";
import { sessionsOf } from "./open-sessions.js";
import { quoteName } from "./quote.js";
import { codeOf, isAdministrative, mayLogIn, objectsOf, type User, userOf } from "./users.js";

/** What the dictionary has of two users that it knows as a pair. */
export interface Known {
  readonly base: User;
  /** Absent where it is to be made. */
  readonly clone: User | undefined;
  /** Whether the base was barred by us, or its mark was left over. */
  readonly retired: boolean;
}

/** Refuses what would take something over, before anything is changed. `mayMake`: the clone is made where there is none. */
export async function check(wire: Wire, pair: Pair, { mayMake }: { mayMake: boolean }): Promise<Known> {
  const names = { base: dictionaryName(pair.base), clone: dictionaryName(pair.clone) };
  for (const name of [names.base, names.clone]) refuseItself(wire, name);
  const base = await userOf(wire, names.base);
  if (!base) throw unknownUser("user", names.base);
  await refuseAdministrative(wire, base);
  refuseCommon(base);
  const original = baseOf(pair.base);
  if (original !== undefined && (await userOf(wire, dictionaryName(original))))
    throw ambiguousPair("user", base.name, howToMark(dictionaryName(original), base.name));
  const clone = await userOf(wire, names.clone);
  if (clone) await checkClone(wire, base, clone, mayMake);
  else if (!mayMake) throw cloneMissing(pair.clone);
  return { base, clone, retired: await hasRole(wire, base.name, retiredMarkerOf(base.name)) };
}

async function checkClone(wire: Wire, base: User, clone: User, mayMake: boolean): Promise<void> {
  await refuseAdministrative(wire, clone);
  const baseMarked = await isMarked(wire, base.name, base.name);
  if (await isMarked(wire, base.name, clone.name)) {
    if (baseMarked) return;
    const grant = `GRANT ${quoteName(markerOf(base.name))} TO ${quoteName(base.name)};`;
    throw baseNotMarked("user", base.name, clone.name, grant);
  }
  if (mayMake && baseMarked && (await isUnfinished(wire, clone))) return;
  throw cloneNameTaken("user", clone.name, howToMark(base.name, clone.name));
}

/** A user that a person barred is not let in again, nor is one that never could log in with a password. */
export function refuseBarred({ base, retired }: Known): void {
  if (mayLogIn(base) || (retired && base.authentication === "PASSWORD")) return;
  throw baseCannotLogIn("user", base.name, `ALTER USER ${quoteName(base.name)} IDENTIFIED BY … ACCOUNT UNLOCK;`);
}

/** A clone has an empty schema of its own. */
export async function refuseObjects(wire: Wire, base: string): Promise<void> {
  const objects = await objectsOf(wire, base);
  if (objects.length === 0) return;
  throw refusal(
    "UnsupportedError",
    "BaseOwnsObjects",
    `The schema of ${JSON.stringify(base)} has objects (${objects.map((name) => JSON.stringify(name)).join(", ")}), ` +
      "and its clone would have an empty schema of its own. Tag the secret keyturn:strategy = dual-password, or keep the " +
      "objects in a schema that nobody logs in to.",
  );
}

/** A clone that is given rights on objects: nobody may be in it, and nothing of it may run without anybody. */
export async function refuseInUse(wire: Wire, clone: string): Promise<void> {
  const sessions = (await sessionsOf(wire, quoteName(clone))) ?? 1;
  const objects = await codeOf(wire, clone);
  if (sessions === 0 && objects.length === 0) return;
  const what = [
    ...(sessions === 0 ? [] : [`${sessions} open sessions (V$SESSION)`]),
    ...(objects.length === 0 ? [] : [`objects of its own (${objects.map((name) => JSON.stringify(name)).join(", ")})`]),
  ].join(" and ");
  throw refusal(
    "ConflictError",
    "CloneInUse",
    `The clone ${JSON.stringify(clone)} is to be given rights on objects, and has ${what}, which could use them before it was ` +
      "seen that they are no others. End the sessions, drop the objects, or grant the base its rights by a role; then rotate again.",
  );
}

/** Somebody put another object in the place of one on which the clone was given a right. `rights`: those that were taken back. */
export function objectExchanged(clone: string, rights: readonly string[]): KeyturnError {
  return refusal(
    "ConflictError",
    "ObjectExchanged",
    `While the clone ${JSON.stringify(clone)} was given its rights it came to have others: ${rights.slice(0, 5).join(", ")}. They ` +
      "were taken back, and the clone stays locked. Somebody may have put a synonym in the place of an object on which the base " +
      "has a right: find out who, then rotate again.",
  );
}

/** The clone lacks what it had, or was given: an object was dropped, or another put in its place. */
export function rightsMoved(clone: string, rights: readonly string[]): KeyturnError {
  return refusal(
    "TransientError",
    "RightsMoved",
    `While the clone ${JSON.stringify(clone)} was made like its base it came to lack rights that are to be its own: ` +
      `${rights.slice(0, 5).join(", ")}. ${AGAIN}`,
  );
}

export function refuseItself(wire: Wire, name: string): void {
  if (name === wire.account.user) throw adminItself(name);
}

/** Throws what keeps the session, as an admin, from setting the password of another. */
export async function refuseToChange(wire: Wire, name: string): Promise<void> {
  const user = await userOf(wire, name);
  if (!user) throw unknownUser("user", name);
  await refuseAdministrative(wire, user);
  refuseCommon(user);
}

/** As an admin a session changes no user that could do as much. */
async function refuseAdministrative(wire: Wire, user: User): Promise<void> {
  if (await isAdministrative(wire, user)) throw administrative(user.name);
}

/** A clone whose making was cut off between the base's mark and its own: nobody has ever been in, and it may do nothing. */
async function isUnfinished(wire: Wire, { name, status, used }: User): Promise<boolean> {
  if (!status.startsWith("LOCKED") || used === "YES") return false;
  const anything =
    "SELECT 1 FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :name UNION ALL SELECT 1 FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :name " +
    "UNION ALL SELECT 1 FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :name UNION ALL SELECT 1 FROM SYS.DBA_OBJECTS WHERE OWNER = :name";
  return (await wire.query(anything, { name })).length === 0;
}

/** One of all containers is changed in the root, for all of them: an admin of a pluggable database may not. */
function refuseCommon({ name, common }: User): void {
  if (common !== "YES") return;
  throw refusal(
    "UnsupportedError",
    "CommonUser",
    `${JSON.stringify(name)} is a user of all containers (C##…), which an admin of one does not change. Use a user of the ` +
      'pluggable database, or tag the secret keyturn:strategy = single-user, with the root\'s service as "dbname".',
  );
}

function administrative(name: string): KeyturnError {
  return refusal(
    "UnsupportedError",
    "AdministrativeUser",
    `${JSON.stringify(name)} is an administrator's or Oracle's own user, which Keyturn neither doubles nor changes as an ` +
      "admin. Tag the secret keyturn:strategy = single-user.",
  );
}

function howToMark(base: string, clone: string): string {
  const role = quoteName(markerOf(base));
  return `CREATE ROLE ${role}; GRANT ${role} TO ${quoteName(base)}, ${quoteName(clone)};`;
}
