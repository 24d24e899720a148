import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import type { Wire } from "./connect.js";
import { isAllPowerful, markerOf, nameOf, type Role, rolesOf, type User, userOf } from "./users.js";

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
  const original = pair.base.slice(0, -SUFFIX.length);
  if (original !== "" && pair.base.endsWith(SUFFIX) && (await rolesOf(wire, original))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${howToMark(wire, original, pair.base)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  const clone = await userOf(wire, pair.clone);
  if (!clone && !mayMake) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep, and on the way back, the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  if (clone) refuseAllPowerful(pair.clone, clone);
  if (clone && !isMarked(wire, pair.base, clone.roles)) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${howToMark(wire, pair.base, pair.clone)} If not, rename one of the two.`,
    );
  }
  if (clone && !isMarked(wire, pair.base, base.roles)) {
    throw refusal(
      "ConflictError",
      "BaseNotMarked",
      `The user ${JSON.stringify(pair.clone)} is the clone of a user of this name, and nothing says that it is this one: it may ` +
        `have outlived another. If it is this one, say so: ${grantMark(wire, pair.base, pair.base)} If not, drop the clone.`,
    );
  }
  return { base: base.roles, clone: clone?.roles };
}

export function isMarked(wire: Wire, base: string, roles: readonly Role[]): boolean {
  const marker = nameOf(markerOf(wire, base));
  return roles.some((role) => nameOf(role) === marker);
}

/** Throws what keeps the session, as an admin, from setting the password of another. */
export async function refuseToChange(wire: Wire, username: string): Promise<void> {
  refuseItself(wire, username);
  const user = await userOf(wire, username);
  if (!user) throw unknown(wire, username);
  refuseAllPowerful(username, user);
}

/** As an admin a session changes others only. */
function refuseItself(wire: Wire, username: string): void {
  if (username !== wire.username) return;
  throw refusal(
    "ConflictError",
    "AdminItself",
    `${JSON.stringify(username)} is the admin's own user. Name another admin in "masterarn", or none.`,
  );
}

/** As an admin a session changes no user that may do everything. */
function refuseAllPowerful(username: string, user: User): void {
  if (!isAllPowerful(user.all)) return;
  throw refusal(
    "UnsupportedError",
    "Superuser",
    `${JSON.stringify(username)} may do everything (root), and is neither cloned nor changed by an admin. Tag its secret ` +
      "keyturn:strategy = single-user.",
  );
}

function unknown(wire: Wire, username: string): KeyturnError {
  return refusal(
    "InvalidSecretError",
    "UnknownUser",
    `The user ${JSON.stringify(username)} does not exist in the database ${JSON.stringify(wire.database)}.`,
  );
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

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
