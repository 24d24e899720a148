import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { unknownPassword } from "../unknown-password.js";
import type { Changes } from "./align.js";
import { adminItself, refuseSeveral, refuseSuperusers, unknownUser } from "./checks.js";
import type { Wire } from "./connect.js";
import type { Dialect, Known } from "./dialect.js";
import { isMarked, mark, unmark, unmarked } from "./marks.js";
import { baseNamed } from "./pair.js";
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
    const { bases, clones } = await lookAtPair(wire, dialect, pair, grants);
    const aligned = grants === "sync" && pair.next === pair.clone;
    const { granted, revoked, left } = aligned ? await alignAll(wire, dialect, pair, { bases, clones }) : NO_CHANGES;
    const ready = pair.next === pair.base ? bases : await dialect.accountsOf(pair.clone);
    await dialect.setLock(ready, { password, locked: false });
    if (pair.next === pair.base) await unmark(wire, dialect, dialect.retiredMark(pair.base), bases);
    const created = pair.next === pair.clone && clones.length === 0;
    return {
      created,
      granted: fewOf(granted),
      revoked: fewOf(revoked),
      ...(left.length > 0 ? { left: fewOf(left) } : {}),
      sentAs: dialect.sentAs,
    };
  });
}

const NO_CHANGES: Changes = { granted: [], revoked: [], left: [] };

/** The base is marked first: a clone of a base without a mark is nobody's. A clone is marked as such when it is whole. */
async function alignAll(
  wire: Wire,
  dialect: Dialect,
  { base, clone }: Pair,
  { bases, clones }: Found,
): Promise<Changes> {
  const [whole, making] = [dialect.cloneMark(base), dialect.makingMark(base)];
  const wanted = bases.map(({ host }) => ({ user: clone, host }));
  const never = await unmarked(dialect, [whole], wanted);
  if (never.length > 0 && !(await dialect.mayMarkBy(whole))) throw lacksRight(wire, dialect, { base });
  await mark(wire, dialect, dialect.baseMark(base), bases);
  const all: { granted: string[]; revoked: string[]; left: string[] } = { granted: [], revoked: [], left: [] };
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
export async function retirePair(wire: Wire, dialect: Dialect, pair: Pair): Promise<void> {
  await permitted(wire, dialect, pair, async () => {
    const { bases, clones } = await lookAtPair(wire, dialect, pair, "keep");
    if (pair.next === pair.base) await mark(wire, dialect, dialect.retiredMark(pair.base), bases);
    await dialect.setLock(pair.next === pair.base ? bases : clones, { password: unknownPassword(), locked: true });
  });
}

interface Found {
  readonly bases: readonly Known[];
  readonly clones: readonly Known[];
}

/** The accounts of both. Refuses what would take something over, or open it again, before anything is changed. */
export async function lookAtPair(wire: Wire, dialect: Dialect, pair: Pair, grants: "sync" | "keep"): Promise<Found> {
  if ([pair.base, pair.clone].includes(wire.account.user)) throw adminItself(wire.account.user);
  const bases = await dialect.accountsOf(pair.base);
  const clones = await dialect.accountsOf(pair.clone);
  if (bases.length === 0) throw unknownUser(pair.base);
  await checkMarks(dialect, pair, { bases, clones, grants });
  await refuseSeveral(dialect, pair.base, bases);
  await refuseSuperusers(dialect, [...bases, ...clones]);
  const locked = bases.filter((base) => base.locked);
  if (locked.length > 0 && !(await isMarked(dialect, dialect.retiredMark(pair.base), locked))) {
    throw refusal(
      "ConflictError",
      "BaseCannotLogIn",
      `The user ${JSON.stringify(pair.base)} is locked, and not by Keyturn: it is a role, or somebody barred it, so it is ` +
        "not made ready to log in, nor is a clone of it. If it may log in: ALTER USER … ACCOUNT UNLOCK.",
    );
  }
  return { bases, clones };
}

async function checkMarks(
  dialect: Dialect,
  pair: Pair,
  { bases, clones, grants }: Found & { grants: "sync" | "keep" },
): Promise<void> {
  const original = baseNamed(pair.base);
  if (original !== undefined && (await dialect.accountsOf(original)).length > 0) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${dialect.howToMark(original)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (clones.length === 0 && (grants === "keep" || pair.next === pair.base)) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `The clone ${JSON.stringify(pair.clone)} is not there. With keyturn:grants = keep it must be made beforehand.`,
    );
  }
  const isNamed = pair.clone === pair.base + SUFFIX && [pair.base, pair.clone].includes(pair.next);
  // One that was never whole is ours, to be made whole and for nothing else.
  const ours = [dialect.cloneMark(pair.base), ...(grants === "sync" ? [dialect.makingMark(pair.base)] : [])];
  if (!isNamed || (await unmarked(dialect, ours, clones)).length > 0) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say with each of its accounts that it is a clone. If it ` +
        `is one (AWS's function made it), say so: ${dialect.howToMark(pair.base)} If not, rename one of the two.`,
    );
  }
  // Of accounts that are one login one is enough: hosts may be added.
  if (clones.length > 0 && (await unmarked(dialect, [dialect.baseMark(pair.base)], bases)).length === bases.length) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The clone ${JSON.stringify(pair.clone)} is there, but the user ${JSON.stringify(pair.base)} does not say that it is ` +
        `its base: it may be another, made later under the same name. If it is the base, say so: ${dialect.howToMark(pair.base)} ` +
        "If not, drop the clone, which outlived its base, or rename one of the two.",
    );
  }
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
