import type { KeyturnError } from "../../errors.js";
import type { Change } from "../engine.js";
import { adminLacksRight } from "../refusals.js";
import { compare } from "./align.js";
import { check, refuseBarred, refuseInUse, refuseItself, refuseObjects, refuseToChange } from "./checks.js";
import type { Wire } from "./connect.js";
import { notToHandOn, privileges } from "./held-rights.js";
import { isMarked, markerOf, retiredMarkerOf, roleExists } from "./marks.js";
import { dictionaryName } from "./names.js";
import { refuseLongNames } from "./pair.js";
import { isDenied, lacksRight, permitted } from "./permitted.js";
import { quoteName } from "./quote.js";
import { type Rollover, requireRollover, rolloverOf } from "./rollover.js";

/**
 * Asks the dictionary what the session may do. Whether privileges on single columns and, from 23 on, on whole schemas can
 * be handed on, it does not look at.
 */
export async function rehearse(wire: Wire, change: Change): Promise<string> {
  if (change.kind === "pair") return rehearsePair(wire, change);
  const user = change.kind === "own password" ? wire.account.user : dictionaryName(change.username);
  if (change.kind === "password") refuseItself(wire, user);
  const rollover = await rolloverToChange(wire, user).catch((error: unknown) => {
    throw isDenied(error) ? mayNotAlter(wire, user) : error;
  });
  if (change.kind === "second password") requireRollover(rollover, wire, user);
  if (user === wire.account.user) return "A user may always change its own password.";
  if (!(await privileges(wire)).has("ALTER USER")) throw mayNotAlter(wire, user);
  return "The admin has the privilege ALTER USER.";
}

async function rolloverToChange(wire: Wire, user: string): Promise<Rollover> {
  if (user !== wire.account.user) await refuseToChange(wire, user);
  return rolloverOf(wire, user);
}

async function rehearsePair(wire: Wire, { pair, grants }: Extract<Change, { kind: "pair" }>): Promise<string> {
  refuseLongNames(wire, pair);
  return permitted(wire, pair, async () => {
    const aligned = grants === "sync" && pair.next === pair.clone;
    const known = await check(wire, pair, { mayMake: aligned });
    refuseBarred(known);
    const { base, clone } = known;
    if (aligned) await refuseObjects(wire, base.name);
    const held = await privileges(wire);
    const needed = ["ALTER USER"];
    const left: string[] = [];
    if (aligned) {
      const marker = markerOf(base.name);
      const marks = [marker, retiredMarkerOf(base.name)];
      const isMade = await roleExists(wire, marker);
      if (!clone) needed.push("CREATE USER");
      if (!isMade) needed.push("CREATE ROLE");
      const marked = !isMade || (clone && (await isMarked(wire, base.name, clone.name)));
      const not = await notToHandOn(wire, base.name, dictionaryName(pair.clone), held, marked ? "" : marker);
      left.push(...not.filter((name) => (name === marker ? !marked : !marks.includes(name))));
      if (clone && (await compare(wire, base, clone)).exchangeable.length > 0) await refuseInUse(wire, clone.name);
    }
    // As when it is done: a clone that has had its turn goes without what others granted the base since.
    const without = clone?.used === "YES" ? left : [];
    const lacking = [...needed.filter((privilege) => !held.has(privilege)), ...(without.length > 0 ? [] : left)];
    if (lacking.length > 0) throw lacksRight(wire, pair, lacking);
    return without.length > 0
      ? `The admin has the privileges to make the next of the pair ready, which goes without what it may not hand on: ${without.join(", ")}.`
      : "The admin has the privileges to make the next of the pair ready, and may hand on what it lacks.";
  });
}

function mayNotAlter(wire: Wire, user: string): KeyturnError {
  const admin = quoteName(wire.account.user);
  const howTo = `A person who may should run: GRANT ALTER USER TO ${admin}; GRANT SELECT_CATALOG_ROLE TO ${admin};`;
  return adminLacksRight(admin, `the password of ${quoteName(user)}`, howTo);
}
