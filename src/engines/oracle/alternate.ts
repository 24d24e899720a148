import type { AlternateReport, Pair, PasswordReport } from "../engine.js";
import { type Changes, NO_CHANGES, reported } from "../pairs.js";
import { unknownUser } from "../refusals.js";
import { unknownPassword } from "../unknown-password.js";
import { align } from "./align.js";
import { check, refuseBarred, refuseObjects } from "./checks.js";
import type { Wire } from "./connect.js";
import { isMarked, mark, markerOf, retiredMarkerOf } from "./marks.js";
import { dictionaryName } from "./names.js";
import { refuseLongNames } from "./pair.js";
import { permitted } from "./permitted.js";
import { quoteName, quotePassword } from "./quote.js";
import { mayLogIn, type User, userOf } from "./users.js";

type SetPassword = (
  username: string,
  password: string,
  clause: " ACCOUNT LOCK" | " ACCOUNT UNLOCK",
) => Promise<PasswordReport>;

/**
 * Makes the next of the pair ready. Each statement commits by itself: a clone is made locked, with a password that
 * nobody knows, and let in last, so that one that is not whole lets nobody in.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-USER.html
 */
export async function alternate(
  wire: Wire,
  setPassword: SetPassword,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  quotePassword(password);
  refuseLongNames(wire, pair);
  return permitted(wire, pair, async () => {
    const ofClone = pair.next === pair.clone;
    const aligned = ofClone && grants === "sync";
    const known = await check(wire, pair, { mayMake: aligned });
    refuseBarred(known);
    const { base, clone, retired } = known;
    if (aligned) await refuseObjects(wire, base.name);
    const changes = aligned ? await sync(wire, base, clone, dictionaryName(pair.clone)) : NO_CHANGES;
    const { sentAs } = await setPassword(pair.next, password, " ACCOUNT UNLOCK");
    // Also what a try that was cut off left behind: a base that is in use is not retired.
    if (retired && (!ofClone || mayLogIn(base))) {
      const name = quoteName(base.name);
      await wire.execute(`REVOKE ${quoteName(retiredMarkerOf(base.name))} FROM ${name}`);
    }
    return { created: clone === undefined, ...reported(changes), sentAs };
  });
}

/** Bars the next of the pair. What a person barred stays as it is, and is not let in again by `alternate`. */
export async function retire(wire: Wire, setPassword: SetPassword, pair: Pair): Promise<void> {
  await permitted(wire, pair, async () => {
    const { base, retired } = await check(wire, pair, { mayMake: false });
    if (pair.next === pair.base && mayLogIn(base) && !retired) await mark(wire, retiredMarkerOf(base.name), base.name);
    await setPassword(pair.next, unknownPassword(), " ACCOUNT LOCK");
  });
}

async function sync(wire: Wire, base: User, clone: User | undefined, name: string): Promise<Changes> {
  const to = quoteName(name);
  const marker = markerOf(base.name);
  if (!(await isMarked(wire, base.name, base.name))) await mark(wire, marker, base.name);
  if (!clone) await wire.execute(`CREATE USER ${to} IDENTIFIED BY ${quotePassword(unknownPassword())} ACCOUNT LOCK`);
  if (!(await isMarked(wire, base.name, name))) await mark(wire, marker, name);
  const found = clone ?? (await userOf(wire, name));
  if (!found) throw unknownUser("user", name);
  return align(wire, base, found);
}
