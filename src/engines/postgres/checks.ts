import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { adminItself } from "../postgres-wire/errors.js";
import { markOf } from "./marks.js";
import { tooLong } from "./pair.js";
import { quote } from "./permitted.js";
import { stored } from "./traits.js";
import type { Role, Roles } from "./users.js";

/** Two roles that an admin may change as a pair. */
export interface Paired extends Roles {
  readonly base: Role;
}

/** Refuses what would take something over or away, before anything is changed. `mayMake`: a clone that is not there. */
export function check(admin: string, pair: Pair, roles: Roles, mayMake: boolean): asserts roles is Paired {
  const { base, clone } = roles;
  const names = [pair.base, pair.clone, pair.next];
  if (names.some((name) => stored(name) === admin)) throw adminItself(admin);
  if (stored(pair.clone) !== pair.clone) throw tooLong(pair.clone);
  if (pair.next !== pair.base && pair.next !== pair.clone) {
    throw refusal("ConflictError", "CloneNameTaken", `The role ${quote(pair.next)} is neither of the pair.`);
  }
  if (!base) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The role ${JSON.stringify(pair.base)} does not exist on the admin's server.`,
    );
  }
  if (base.superuser || clone?.superuser) {
    throw refusal(
      "UnsupportedError",
      "Superuser",
      "A superuser is not cloned. Tag its secret keyturn:strategy = single-user.",
    );
  }
  if (roles.baseMayBeClone) {
    const original = pair.base.slice(0, -SUFFIX.length);
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${quote(pair.base)} is called after ${quote(original)} and a member of it, and may be its clone. If it is (AWS's ` +
        `function made it), say so: ${howToMark({ base: original, clone: pair.base })} If not, tag the secret with another ` +
        "keyturn:strategy.",
    );
  }
  if (!clone && !mayMake) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `The clone ${quote(pair.clone)} must be there: to go back to the base, to retire either of the two, or with ` +
        `keyturn:grants = keep, for which a person makes it: CREATE ROLE ${quote(pair.clone)} LOGIN IN ROLE ${quote(pair.base)}; ` +
        `ALTER ROLE ${quote(pair.clone)} SET role = ${quote(pair.base)}; ${howToMark(pair)}`,
    );
  }
  if (clone && !roles.paired) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The role ${quote(pair.clone)} exists and is not marked as the clone of ${quote(pair.base)}. If it is that (AWS's ` +
        `function made it, or an earlier Keyturn), say so: GRANT ${quote(pair.base)} TO ${quote(pair.clone)}; ` +
        `${howToMark(pair)} If not, rename one of the two.`,
    );
  }
  if (clone && roles.strangers.length > 0) {
    throw refusal(
      "ConflictError",
      "CloneShared",
      `${roles.strangers.map(quote).join(" and ")} may act as ${quote(pair.clone)}, and could act as ${quote(pair.base)} by it. ` +
        `Run: ${roles.strangers.map((role) => `REVOKE ${quote(pair.clone)} FROM ${quote(role)};`).join(" ")}`,
    );
  }
  if (!base.canLogin && !roles.baseRetired) {
    throw refusal(
      "ConflictError",
      "BaseCannotLogIn",
      `The role ${quote(pair.base)} may not log in, and it was not Keyturn that barred it. If it should, a person runs: ` +
        `ALTER ROLE ${quote(pair.base)} LOGIN;`,
    );
  }
}

function howToMark({ base, clone }: Pick<Pair, "base" | "clone">): string {
  return `COMMENT ON ROLE ${quote(clone)} IS '${markOf(base).replaceAll("'", "''")}';`;
}

export function refusal(
  name: ConstructorParameters<typeof KeyturnError>[0],
  code: string,
  message: string,
): KeyturnError {
  return new KeyturnError(name, { code, message });
}
