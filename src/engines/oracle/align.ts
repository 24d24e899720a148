import type { AlternateReport } from "../engine.js";
import { rightsOf } from "./rights.js";
import type { User } from "./users.js";
import type { Wire } from "./wire.js";

/**
 * Gives the clone what the base has, and takes from it what it has not. Any error ends it: a clone that lacks something
 * must not be logged in as.
 */
export async function align(
  wire: Wire,
  base: User,
  clone: User,
): Promise<Pick<AlternateReport, "granted" | "revoked">> {
  const wanted = await rightsOf(wire, base, base.name, clone.name);
  const found = await rightsOf(wire, clone, base.name, clone.name);
  const missing = wanted.filter(({ text }) => !found.some((right) => right.text === text));
  const extra = found.filter(({ text }) => !wanted.some((right) => right.text === text));
  const taken = new Set(extra.flatMap(({ take }) => take ?? []));
  for (const statement of taken) await wire.execute(statement);
  for (const right of wanted) {
    // An option, or a column, cannot be taken alone: what went with it is given again. A role that comes or goes may
    // become a default role by itself.
    const lost = right.take !== undefined && taken.has(right.take);
    const isDefaultRole = right.text.startsWith("DEFAULT ROLE ") && missing.length + extra.length > 0;
    if (missing.includes(right) || lost || isDefaultRole) await wire.execute(right.give);
  }
  return { granted: missing.map(({ text }) => text), revoked: extra.map(({ text }) => text) };
}
