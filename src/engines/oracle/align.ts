import { KeyturnError } from "../../errors.js";
import type { Changes } from "../pairs.js";
import { objectExchanged, refuseInUse, rightsMoved } from "./checks.js";
import type { Wire } from "./connect.js";
import { numbersOf } from "./errors.js";
import { rightsOf } from "./granted-rights.js";
import { quoteName } from "./quote.js";
import type { Right } from "./rights.js";
import { isLocked, type User } from "./users.js";

/** What the clone is to have and has, and the differences. */
interface Compared {
  readonly wanted: readonly Right[];
  readonly missing: readonly Right[];
  readonly extra: readonly Right[];
  /** Rights to be given on objects that may be exchanged: new ones, and those that go with what is taken. */
  readonly exchangeable: readonly Right[];
}

export async function compare(wire: Wire, base: User, clone: User): Promise<Compared> {
  const wanted = await rightsOf(wire, base, base.name, clone.name);
  const found = await rightsOf(wire, clone, base.name, clone.name);
  const missing = wanted.filter(isNotAmong(found));
  const extra = found.filter(isNotAmong(wanted));
  const taken = new Set(extra.map(({ take }) => take));
  const given = wanted.filter((right) => missing.includes(right) || taken.has(right.take));
  return { wanted, missing, extra, exchangeable: given.filter(({ onObject }) => onObject === "exchangeable") };
}

/**
 * Gives the clone what the base has, and takes from it what it has not. Until it has been logged in to, any error ends it: a
 * clone that lacks something must not be logged in as. Later, whoever owns a table, or may hand a role on, could stop the
 * rotation of others by granting what the admin can neither hand on nor take: that is reported, and the clone is as good as
 * it was at its last turn.
 */
export async function align(wire: Wire, base: User, clone: User): Promise<Changes> {
  const { wanted, missing, extra, exchangeable } = await compare(wire, base, clone);
  if (exchangeable.length > 0) await putAway(wire, clone);
  const left = new Set<Right>();
  const taken = new Set<string>();
  for (const statement of new Set(extra.flatMap(({ take }) => take ?? []))) {
    if (await isDone(wire, statement, clone)) taken.add(statement);
    else for (const right of extra) if (right.take === statement) left.add(right);
  }
  for (const right of wanted) {
    // An option, or a column, cannot be taken alone: what went with it is given again.
    const isNew = missing.includes(right);
    const lost = right.take !== undefined && taken.has(right.take);
    // A role that comes or goes may become a default role by itself.
    const isDefaultRole = right.text.startsWith("DEFAULT ROLE ") && missing.length + extra.length > 0;
    const statement = right.giveWithout?.(textsOf([...left])) ?? right.give;
    if (!isNew) {
      if (lost || isDefaultRole) await wire.execute(statement);
    } else if (right.ofAnother || !(await isDone(wire, statement, clone))) left.add(right);
  }
  if (exchangeable.length > 0 || extra.some(({ onObject }) => onObject))
    await lookAgain(wire, base, clone, wanted, left);
  const done = (rights: readonly Right[]) => textsOf(rights.filter((right) => !left.has(right)));
  return { granted: done(missing), revoked: done(extra), left: textsOf([...left]) };
}

/**
 * A right on an object is granted, and taken, by its name. Whoever owns the schema may put a synonym under that name between our
 * look and our statement, and the right is then one on what the synonym stands for, which may be anybody's. So nobody may be able
 * to use what the clone is given, until it was looked at again.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html (on_object_clause: synonyms)
 */
async function putAway(wire: Wire, clone: User): Promise<void> {
  await refuseInUse(wire, clone.name);
  if (isLocked(clone)) return;
  await wire.execute(`ALTER USER ${quoteName(clone.name)} ACCOUNT LOCK`);
  // Whoever came in before that.
  await refuseInUse(wire, clone.name);
}

/** What the clone came to have by another object's name is taken back; what it lost so, the next try gives it. Either ends this one. */
async function lookAgain(
  wire: Wire,
  base: User,
  clone: User,
  wanted: readonly Right[],
  left: ReadonlySet<Right>,
): Promise<void> {
  const has = (await rightsOf(wire, clone, base.name, clone.name)).filter(({ onObject }) => onObject);
  const strange = has.filter(isNotAmong([...wanted, ...left]));
  for (const statement of new Set(strange.flatMap(({ take }) => take ?? []))) await wire.execute(statement);
  if (strange.length > 0) throw objectExchanged(clone.name, textsOf(strange));
  const lost = wanted.filter((right) => right.onObject && !left.has(right)).filter(isNotAmong(has));
  if (lost.length > 0) throw rightsMoved(clone.name, textsOf(lost));
}

function textsOf(rights: readonly Right[]): string[] {
  return rights.map(({ text }) => text);
}

function isNotAmong(rights: readonly Right[]): (right: Right) => boolean {
  const texts = new Set(textsOf(rights));
  return ({ text }) => !texts.has(text);
}

/** Whether the server did it. What it refuses to a clone that has had its turn is no error; that it is gone is. */
async function isDone(wire: Wire, statement: string, { used }: User): Promise<boolean> {
  try {
    await wire.execute(statement);
    return true;
  } catch (error) {
    if (used !== "YES" || error instanceof KeyturnError || numbersOf(error).length === 0) throw error;
    return false;
  }
}
