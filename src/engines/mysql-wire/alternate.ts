import { type CleanCause, KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { unknownPassword } from "../unknown-password.js";
import { adminItself, refuseSeveral, refuseSuperusers, unknownUser } from "./accounts.js";
import type { Wire } from "./connect.js";
import type { Dialect, Known } from "./dialect.js";
import { isMarked, mark, unmark } from "./marks.js";
import { baseNamed } from "./pair.js";
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
    const granted: string[] = [];
    const revoked: string[] = [];
    if (grants === "sync" && pair.next === pair.clone) {
      for (const base of bases) {
        const changes = await dialect.align(base, { user: pair.clone, host: base.host });
        granted.push(...changes.granted);
        revoked.push(...changes.revoked);
      }
      for (const account of clones.filter((clone) => !bases.some((base) => base.host === clone.host))) {
        await wire.query(`DROP USER ${quoteAccount(wire.connection, account)}`);
        revoked.push(`account for ${account.host}`);
      }
    }
    const ready = pair.next === pair.base ? bases : await dialect.accountsOf(pair.clone);
    await dialect.setLock(ready, { password, locked: false });
    if (pair.next === pair.base) await unmark(wire, dialect, dialect.retiredMark(pair.base), bases);
    const created = pair.next === pair.clone && clones.length === 0;
    return { created, granted, revoked, sentAs: dialect.sentAs };
  });
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
  await checkClone(dialect, pair, { clones, grants });
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

async function checkClone(
  dialect: Dialect,
  pair: Pair,
  { clones, grants }: { clones: readonly Known[]; grants: "sync" | "keep" },
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
  if (!isNamed || (clones.length > 0 && !(await isMarked(dialect, dialect.cloneMark(pair.base), clones)))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say with each of its accounts that it is a clone. If it ` +
        `is one (AWS's function made it), say so: ${dialect.howToMark(pair.base)} If not, rename one of the two.`,
    );
  }
}

/** Server errors that mean a missing right. */
const DENIED: ReadonlySet<number> = new Set([1044, 1045, 1142, 1227, 1410, 1698, 1959]);

export async function permitted<Result>(
  wire: Wire,
  dialect: Dialect,
  pair: Pick<Pair, "base">,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { errno = 0, message } = error as { errno?: number; message: string };
    if (!DENIED.has(errno)) throw error;
    throw lacksRight(wire, dialect, pair, { name: "DatabaseError", code: String(errno), message });
  }
}

export function lacksRight(
  { connection, account }: Wire,
  dialect: Dialect,
  { base }: Pick<Pair, "base">,
  cause?: CleanCause,
): KeyturnError {
  const admin = quoteAccount(connection, account);
  return new KeyturnError("AccessDeniedError", {
    code: "AdminLacksRight",
    message:
      `The admin ${admin} may not manage the pair of ${JSON.stringify(base)}. A person who may should run: ` +
      `${dialect.howToPermit(admin)} and, with GRANT OPTION, everything that ${JSON.stringify(base)} has been granted.`,
    ...(cause ? { cause } : {}),
  });
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
