import type { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { baseNamed } from "../pairs.js";
import {
  adminItself,
  ambiguousPair,
  baseNotMarked,
  cloneMissing,
  cloneNameTaken,
  superuser,
  unknownUser,
} from "../refusals.js";
import type { Wire } from "./connect.js";
import { isMarked, markerOf } from "./marks.js";
import { isAllPowerful, type Role, rolesOf, type User, userOf } from "./users.js";

/** Two users that their server knows as a pair, by their roles. */
export interface Known {
  readonly base: readonly Role[];
  /** Absent where it is to be made. */
  readonly clone: readonly Role[] | undefined;
}

/** Refuses what would take something over, before anything is changed. `mayMake`: the clone is made where there is none. */
export async function check(wire: Wire, pair: Pair, { mayMake }: { mayMake: boolean }): Promise<Known> {
  for (const username of [pair.base, pair.clone]) refuseItself(wire, username);
  const base = await userOf(wire, pair.base);
  if (!base) throw unknown(wire, pair.base);
  refuseAllPowerful(pair.base, base);
  const original = baseNamed(pair.base);
  if (original !== undefined && (await rolesOf(wire, original)))
    throw ambiguousPair("user", pair.base, howToMark(wire, original, pair.base));
  const clone = await userOf(wire, pair.clone);
  if (!clone && !mayMake) throw cloneMissing(pair.clone);
  if (clone) refuseAllPowerful(pair.clone, clone);
  if (clone && !isMarked(wire, pair.base, clone.roles))
    throw cloneNameTaken("user", pair.clone, howToMark(wire, pair.base, pair.clone));
  if (clone && !isMarked(wire, pair.base, base.roles))
    throw baseNotMarked("user", pair.base, pair.clone, grantMark(wire, pair.base, pair.base));
  return { base: base.roles, clone: clone?.roles };
}

/** Throws what keeps the session, as an admin, from setting the password of another. */
export async function refuseToChange(wire: Wire, username: string): Promise<void> {
  refuseItself(wire, username);
  const user = await userOf(wire, username);
  if (!user) throw unknown(wire, username);
  refuseAllPowerful(username, user);
}

function refuseItself(wire: Wire, username: string): void {
  if (username === wire.username) throw adminItself(username);
}

function refuseAllPowerful(username: string, user: User): void {
  if (isAllPowerful(user.all)) throw superuser(username, "root");
}

function unknown(wire: Wire, username: string): KeyturnError {
  return unknownUser("user", username, `in the database ${JSON.stringify(wire.database)}`);
}

function howToMark(wire: Wire, base: string, clone: string): string {
  const role = JSON.stringify(markerOf(wire, base).role);
  return (
    `db.createRole({role: ${role}, privileges: [{resource: {db: "keyturn", collection: "clones"}, actions: ["find"]}], ` +
    `roles: []}); ${grantMark(wire, base, base)} ${grantMark(wire, base, clone)}`
  );
}

function grantMark(wire: Wire, base: string, username: string): string {
  return `db.grantRolesToUser(${JSON.stringify(username)}, [${JSON.stringify(markerOf(wire, base).role)}]);`;
}
