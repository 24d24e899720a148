import { KeyturnError } from "../../errors.js";
import type { Changes } from "../pairs.js";
import type { Wire } from "./connect.js";
import { numbersOf } from "./errors.js";
import { rightsOf } from "./granted-rights.js";
import type { Right } from "./rights.js";
import type { User } from "./users.js";

/**
 * Gives the clone what the base has, and takes from it what it has not. Until it has been logged in to, any error ends it: a
 * clone that lacks something must not be logged in as. Later, whoever owns a table, or may hand a role on, could stop the
 * rotation of others by granting what the admin can neither hand on nor take: that is reported, and the clone is as good as
 * it was at its last turn.
 */
export async function align(wire: Wire, base: User, clone: User): Promise<Changes> {
  const wanted = await rightsOf(wire, base, base.name, clone.name);
  const found = await rightsOf(wire, clone, base.name, clone.name);
  const missing = wanted.filter(({ text }) => !found.some((right) => right.text === text));
  const extra = found.filter(({ text }) => !wanted.some((right) => right.text === text));
  const left = new Set<Right>();
  const taken = new Set<string>();
  for (const statement of new Set(extra.flatMap(({ take }) => take ?? []))) {
    if (await done(wire, statement, clone)) taken.add(statement);
    else for (const right of extra) if (right.take === statement) left.add(right);
  }
  for (const right of wanted) {
    // An option, or a column, cannot be taken alone: what went with it is given again.
    const isNew = missing.includes(right);
    const lost = right.take !== undefined && taken.has(right.take);
    // A role that comes or goes may become a default role by itself.
    const isDefaultRole = right.text.startsWith("DEFAULT ROLE ") && missing.length + extra.length > 0;
    const statement = right.giveWithout?.([...left].map(({ text }) => text)) ?? right.give;
    if (!isNew) {
      if (lost || isDefaultRole) await wire.execute(statement);
    } else if (right.ofAnother || !(await done(wire, statement, clone))) left.add(right);
  }
  const texts = (rights: readonly Right[]) => rights.filter((right) => !left.has(right)).map(({ text }) => text);
  return { granted: texts(missing), revoked: texts(extra), left: [...left].map(({ text }) => text) };
}

/** Whether the server did it. What it refuses to a clone that has had its turn is no error; that it is gone is. */
async function done(wire: Wire, statement: string, { used }: User): Promise<boolean> {
  try {
    await wire.execute(statement);
    return true;
  } catch (error) {
    if (used !== "YES" || error instanceof KeyturnError || numbersOf(error).length === 0) throw error;
    return false;
  }
}
