import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { alignGrants } from "../mysql-wire/grants.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { accountsOf, definitionOf, setPassword, withPassword } from "./accounts.js";
import { markerOf, SUFFIX } from "./pair.js";

/**
 * Makes the next of the pair ready. The clone has an account for each of the base's hosts, with its requirements,
 * limits, default role and grants, brought in line each time, given and taken. Statements about accounts commit by
 * themselves; the password is set last, so that a clone that is not whole yet lets nobody in.
 */
export async function alternate(
  wire: Wire,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const bases = await accountsOf(wire, pair.base);
  const clones = await accountsOf(wire, pair.clone);
  await check(wire, pair, { bases, clones, grants });
  const granted: string[] = [];
  const revoked: string[] = [];
  const created = pair.next === pair.clone && clones.length === 0;
  if (grants === "sync" && pair.next === pair.clone) {
    await denied(wire, pair, async () => {
      if (!(await isMarked(wire, pair)))
        await wire.query(`CREATE ROLE IF NOT EXISTS ${wire.connection.escape(markerOf(pair.base))}`);
      for (const base of bases) {
        const changes = await align(wire, base, { ...base, user: pair.clone });
        granted.push(...changes.granted);
        revoked.push(...changes.revoked);
      }
      for (const { host } of clones.filter((clone) => !bases.some((base) => base.host === clone.host))) {
        await wire.query(`DROP USER ${quoteAccount(wire.connection, { user: pair.clone, host })}`);
        revoked.push(`account for ${host}`);
      }
    });
  }
  await denied(wire, pair, async () => setPassword(wire, await accountsOf(wire, pair.next), password));
  return { created, granted, revoked, sentAs: "verifier" };
}

/** Gives one account of the clone what the base's has. */
async function align(wire: Wire, base: Account, clone: Account) {
  const { connection, query } = wire;
  const name = quoteAccount(connection, clone);
  const { methods, options } = await definitionOf(wire, base);
  // Locked away until the password is set, by a password that nobody knows.
  const nobody = withPassword(methods, crypto.randomUUID());
  await query(`CREATE USER IF NOT EXISTS ${name} IDENTIFIED VIA ${nobody} ${options}`);
  await query(`ALTER USER ${name} ${options || "REQUIRE NONE"}`);
  const marker = markerOf(base.user);
  if (!(await isMarked(wire, { base: base.user, clone: clone.user }, clone.host)))
    await query(`GRANT ${connection.escape(marker)} TO ${name}`);
  return alignGrants(wire, base, clone, marker);
}

async function check(
  wire: Wire,
  pair: Pair,
  { bases, clones, grants }: { bases: readonly Account[]; clones: readonly Account[]; grants: "sync" | "keep" },
): Promise<void> {
  if (bases.length === 0) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The user ${JSON.stringify(pair.base)} does not exist on the admin's server.`,
    );
  }
  if (pair.base.endsWith(SUFFIX) && (await accountsOf(wire, pair.base.slice(0, -SUFFIX.length))).length > 0) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (made by AWS's function), say so: ` +
        `CREATE ROLE '${markerOf(pair.base.slice(0, -SUFFIX.length))}', and grant it to that account. If not, tag the secret keyturn:strategy = single-user.`,
    );
  }
  if (clones.length === 0 && grants === "keep" && pair.next === pair.clone) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  if (clones.length > 0 && grants === "sync" && pair.next === pair.clone && !(await isMarked(wire, pair))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and is no clone of Keyturn's. Rename one of the two.`,
    );
  }
}

async function isMarked(wire: Wire, { base, clone }: Pick<Pair, "base" | "clone">, host?: string): Promise<boolean> {
  const quoted = (text: string) => wire.connection.escape(text);
  const rows = await wire.query(
    `SELECT 1 FROM mysql.roles_mapping WHERE User = ${quoted(clone)} AND Role = ${quoted(markerOf(base))}` +
      (host === undefined ? "" : ` AND Host = ${quoted(host)}`),
  );
  return rows.length > 0;
}

async function denied(wire: Wire, pair: Pair, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    if (![1044, 1045, 1142, 1227, 1410, 1698, 1959].includes(errno ?? 0)) throw error;
    const admin = `'${wire.account.user}'@'${wire.account.host}'`;
    throw new KeyturnError("AccessDeniedError", {
      code: "AdminLacksRight",
      message:
        `The admin ${admin} may not manage the pair of ${JSON.stringify(pair.base)}. A person who may should run: ` +
        `GRANT CREATE USER ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin} ` +
        `(and UPDATE, where users have default roles); and, with GRANT OPTION, ` +
        `everything that ${JSON.stringify(pair.base)} has been granted.`,
      cause: { name: "DatabaseError", code: String(errno), message },
    });
  }
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
