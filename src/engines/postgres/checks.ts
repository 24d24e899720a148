import type { Pair } from "../engine.js";
import { baseNamed, refuseTooLong } from "../pairs.js";
import {
  adminItself,
  ambiguousPair,
  baseCannotLogIn,
  cloneMissing,
  cloneNameTaken,
  notOfPair,
  refusal,
  superuser,
  unknownUser,
} from "../refusals.js";
import { markOf } from "./marks.js";
import { quote, stored } from "./names.js";
import { traits } from "./traits.js";
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
  refuseTooLong(pair.clone, traits);
  if (pair.next !== pair.base && pair.next !== pair.clone) throw notOfPair("role", pair.next);
  if (!base) throw unknownUser("role", pair.base);
  if (base.superuser || clone?.superuser) throw superuser(base.superuser ? pair.base : pair.clone, "SUPERUSER");
  const original = roles.baseMayBeClone ? baseNamed(pair.base) : undefined;
  if (original !== undefined) throw ambiguousPair("role", pair.base, howToMark({ base: original, clone: pair.base }));
  const [ofBase, ofClone] = [quote(pair.base), quote(pair.clone)];
  if (!clone && !mayMake) {
    const made = `CREATE ROLE ${ofClone} LOGIN IN ROLE ${ofBase}; ALTER ROLE ${ofClone} SET role = ${ofBase};`;
    throw cloneMissing(pair.clone, `${made} ${howToMark(pair)}`);
  }
  if (clone && !roles.paired)
    throw cloneNameTaken("role", pair.clone, `GRANT ${ofBase} TO ${ofClone}; ${howToMark(pair)}`);
  if (clone && roles.strangers.length > 0) {
    throw refusal(
      "ConflictError",
      "CloneShared",
      `${roles.strangers.map(quote).join(" and ")} may act as ${ofClone}, and could act as ${ofBase} by it. ` +
        `Run: ${roles.strangers.map((role) => `REVOKE ${ofClone} FROM ${quote(role)};`).join(" ")}`,
    );
  }
  if (!base.canLogin && !roles.baseRetired) throw baseCannotLogIn("role", pair.base, `ALTER ROLE ${ofBase} LOGIN;`);
}

/** A clone that AWS's function made acts as itself, and owns what it made. */
export function refuseOwner(pair: Pair, { base, clone }: Paired): void {
  const owner = base.actsAs[""] ?? pair.base;
  if (!clone || clone.owns === 0 || clone.actsAs[""] === owner) return;
  throw refusal(
    "ConflictError",
    "CloneOwnsObjects",
    `${quote(pair.clone)} owns objects that it could no longer use. Hand them over, in each database: ` +
      `REASSIGN OWNED BY ${quote(pair.clone)} TO ${quote(owner)};`,
  );
}

function howToMark({ base, clone }: Pick<Pair, "base" | "clone">): string {
  return `COMMENT ON ROLE ${quote(clone)} IS '${markOf(base).replaceAll("'", "''")}';`;
}
