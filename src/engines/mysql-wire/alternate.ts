import { type CleanCause, KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair, PasswordReport } from "../engine.js";
import type { Account, Wire } from "./connect.js";
import { SUFFIX } from "./pair.js";
import { quoteAccount } from "./quote.js";

/** What MySQL and MariaDB do each in its own way. */
export interface Dialect {
  readonly sentAs: PasswordReport["sentAs"];
  /** Every account of a name. */
  accountsOf(user: string): Promise<Account[]>;
  setPassword(accounts: readonly Account[], password: string): Promise<void>;
  /** Makes, or brings in line, one account of the clone; while it is not whole nobody knows its password. */
  align(base: Account, clone: Account): Promise<Pick<AlternateReport, "granted" | "revoked">>;
  /** Whether the server knows that the clone is one. */
  isMarked(pair: Pick<Pair, "base" | "clone">): Promise<boolean>;
  /** The rows of SHOW GRANTS for the session's own user, what it has by its active roles included. */
  ownGrants(): Promise<string[]>;
  /** The role that marks clones of this base, where there is one. */
  markerOf?(base: string): string;
  /** What a person runs to say that a login is the clone of another. */
  howToMark(base: string): string;
  /** What a person runs to let the admin do all this. */
  howToPermit(admin: string): string;
}

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
  const { bases, clones } = await lookAtPair(dialect, pair, grants);
  const granted: string[] = [];
  const revoked: string[] = [];
  await permitted(wire, dialect, pair, async () => {
    if (grants === "sync" && pair.next === pair.clone) {
      for (const base of bases) {
        const changes = await dialect.align(base, { ...base, user: pair.clone });
        granted.push(...changes.granted);
        revoked.push(...changes.revoked);
      }
      for (const account of clones.filter((clone) => !bases.some((base) => base.host === clone.host))) {
        await wire.query(`DROP USER ${quoteAccount(wire.connection, account)}`);
        revoked.push(`account for ${account.host}`);
      }
    }
    await dialect.setPassword(await dialect.accountsOf(pair.next), password);
  });
  const created = pair.next === pair.clone && clones.length === 0;
  return { created, granted, revoked, sentAs: dialect.sentAs };
}

/** The accounts of both. Refuses what would take something over, before anything is changed. */
export async function lookAtPair(
  dialect: Dialect,
  pair: Pair,
  grants: "sync" | "keep",
): Promise<Pick<Found, "bases" | "clones">> {
  const bases = await dialect.accountsOf(pair.base);
  const clones = await dialect.accountsOf(pair.clone);
  await check(dialect, pair, { bases, clones, grants });
  return { bases, clones };
}

interface Found {
  readonly bases: readonly Account[];
  readonly clones: readonly Account[];
  readonly grants: "sync" | "keep";
}

async function check(dialect: Dialect, pair: Pair, { bases, clones, grants }: Found): Promise<void> {
  if (bases.length === 0) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The user ${JSON.stringify(pair.base)} does not exist on the admin's server.`,
    );
  }
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await dialect.accountsOf(original)).length > 0) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${dialect.howToMark(original)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (pair.next !== pair.clone) return;
  if (clones.length === 0 && grants === "keep") {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  if (clones.length > 0 && grants === "sync" && !(await dialect.isMarked(pair))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${dialect.howToMark(pair.base)} If not, rename one of the two.`,
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
