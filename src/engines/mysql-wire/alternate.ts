import type { AlternateReport, Pair } from "../engine.js";
import { type Changes, NO_CHANGES, reported } from "../pairs.js";
import { unknownPassword } from "../unknown-password.js";
import { check, type Known } from "./checks.js";
import type { Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import { mark, unmark, unmarked } from "./marks.js";
import { fewOf, lacksRight, permitted } from "./permitted.js";
import { quoteAccount } from "./quote.js";

/**
 * Makes the next of the pair ready. The clone has an account for each of the base's hosts, brought in line each time,
 * given and taken. Statements about accounts commit by themselves; the password is set last, so that a clone that is not
 * whole yet lets nobody in.
 */
export async function alternate(
  wire: Wire,
  dialect: Dialect,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  return permitted(wire, dialect, pair, async () => {
    const { bases, clones } = await check(wire, dialect, pair, grants);
    const aligned = grants === "sync" && pair.next === pair.clone;
    const changes = aligned ? await alignAll(wire, dialect, pair, { bases, clones }) : NO_CHANGES;
    const ready = pair.next === pair.base ? bases : await dialect.accountsOf(pair.clone);
    await dialect.setLock(ready, { password, locked: false });
    if (pair.next === pair.base) await unmark(wire, dialect, dialect.retiredMark(pair.base), bases);
    const created = pair.next === pair.clone && clones.length === 0;
    return { created, ...reported(fewOf(changes)), sentAs: dialect.sentAs };
  });
}

/** The base is marked first: a clone of a base without a mark is nobody's. A clone is marked as such when it is whole. */
async function alignAll(
  wire: Wire,
  dialect: Dialect,
  { base, clone }: Pair,
  { bases, clones }: Known,
): Promise<Changes> {
  const [whole, making] = [dialect.cloneMark(base), dialect.makingMark(base)];
  const wanted = bases.map(({ host }) => ({ user: clone, host }));
  const never = await unmarked(dialect, [whole], wanted);
  if (never.length > 0 && !(await dialect.mayMarkBy(whole))) throw lacksRight(wire, dialect, { base });
  await mark(wire, dialect, dialect.baseMark(base), bases);
  const all = { granted: [] as string[], revoked: [] as string[], left: [] as string[] };
  for (const account of wanted) {
    const like = { user: base, host: account.host };
    if (!clones.some(({ host }) => host === account.host)) await dialect.make(like, account);
    const changes = await dialect.align(like, account, { made: never.includes(account) });
    for (const kind of ["granted", "revoked", "left"] as const) all[kind].push(...changes[kind]);
  }
  await mark(wire, dialect, whole, wanted);
  await unmark(wire, dialect, making, wanted);
  for (const account of clones.filter((one) => !bases.some(({ host }) => host === one.host))) {
    await wire.query(`DROP USER ${quoteAccount(wire.connection, account)}`);
    all.revoked.push(`account for ${account.host}`);
  }
  return all;
}

/**
 * Bars one of a pair. That it was Keyturn is written down before the base is locked: locked without it, nobody would know
 * that it may be unlocked.
 */
export async function retire(wire: Wire, dialect: Dialect, pair: Pair): Promise<void> {
  await permitted(wire, dialect, pair, async () => {
    const { bases, clones } = await check(wire, dialect, pair, "keep");
    if (pair.next === pair.base) await mark(wire, dialect, dialect.retiredMark(pair.base), bases);
    await dialect.setLock(pair.next === pair.base ? bases : clones, { password: unknownPassword(), locked: true });
  });
}
