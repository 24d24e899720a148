import type { AlternateReport, Pair } from "../engine.js";
import { NO_CHANGES, reported } from "../pairs.js";
import { unknownPassword } from "../unknown-password.js";
import { alignLogin, alignUser } from "./align.js";
import { check, refuseBarred } from "./checks.js";
import type { Wire } from "./connect.js";
import { unreadyMarkerOf } from "./marks.js";
import { permitted } from "./permitted.js";
import { guard } from "./triggers.js";
import { type Accounts, SENT } from "./users.js";

/**
 * Makes the next of the pair ready. The clone is brought in line each time, given and taken: on the server, and in every
 * database in which the base has a user and the admin one, too. Its password is set last, so that a clone that is not whole lets nobody in.
 */
export async function alternate(
  wire: Wire,
  accounts: Accounts,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const ofClone = pair.next === pair.clone;
  const aligned = ofClone && grants === "sync";
  return permitted(wire, pair.next, async () => {
    const known = await check(wire, accounts, pair, { mayMake: aligned });
    refuseBarred(accounts, pair, known);
    if (wire.facts.contained) await guard(wire, wire.facts.database);
    const align = wire.facts.contained ? alignUser : alignLogin;
    const changes = aligned ? await align(wire, accounts, pair, known) : NO_CHANGES;
    if (aligned && !known.turned) await accounts.unmark(pair.clone, unreadyMarkerOf(pair.base));
    await accounts.setPassword(pair.next, password);
    await accounts.unbar(pair.next);
    // Also what a try that was cut off left behind: a base that is in use is not retired.
    if (known.retired && (!ofClone || !known.base.barred)) await accounts.unmark(pair.base, unreadyMarkerOf(pair.base));
    return { created: !known.clone, ...reported(changes), ...SENT };
  });
}

/** Bars the next of the pair. What a person barred stays as it is, and is not let in again by `alternate`. */
export async function retire(wire: Wire, accounts: Accounts, pair: Pair): Promise<void> {
  await permitted(wire, pair.next, async () => {
    const { base, retired } = await check(wire, accounts, pair, { mayMake: false });
    if (wire.facts.contained) await guard(wire, wire.facts.database);
    if (pair.next === pair.base && !base.barred && !retired) await accounts.mark(pair.base, unreadyMarkerOf(pair.base));
    await accounts.setPassword(pair.next, unknownPassword());
    await accounts.bar(pair.next);
  });
}
