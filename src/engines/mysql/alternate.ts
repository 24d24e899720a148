import { randomUUID } from "node:crypto";
import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { alignGrants } from "../mysql-wire/grants.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { accountsOf, definitionOf, setPassword } from "./accounts.js";
import { SUFFIX } from "./pair.js";
import { requireVersion } from "./version.js";

/**
 * Makes the next of the pair ready. The clone has an account for each of the base's hosts, with its plugin,
 * requirements, limits, default roles and grants, brought in line each time, given and taken. Statements about accounts
 * commit by themselves; the password is set last, so that a clone that is not whole yet lets nobody in.
 */
export async function alternate(
  wire: Wire,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  requireVersion(wire.serverVersion, "A pair of users", 8, 0, 21);
  const bases = await accountsOf(wire, pair.base);
  const clones = await accountsOf(wire, pair.clone);
  await check(wire, pair, { bases, clones, grants });
  const granted: string[] = [];
  const revoked: string[] = [];
  if (grants === "sync" && pair.next === pair.clone) {
    await permitted(wire, pair, async () => {
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
  await permitted(wire, pair, async () => setPassword(wire, await accountsOf(wire, pair.next), password));
  return { created: pair.next === pair.clone && clones.length === 0, granted, revoked, sentAs: "masked" };
}

/** Gives one account of the clone what the base's has. */
async function align(wire: Wire, base: Account, clone: Account) {
  const { connection, query } = wire;
  const name = quoteAccount(connection, clone);
  const { plugin, defaultRole, options } = await definitionOf(wire, base);
  const attribute = connection.escape(JSON.stringify({ keyturn: { cloneOf: base.user } }));
  // By a password that nobody knows, until the clone is whole.
  await query(
    `CREATE USER IF NOT EXISTS ${name} IDENTIFIED WITH ${connection.escape(plugin)} BY '${randomUUID()}-Aa1' ATTRIBUTE ${attribute}`,
  );
  await query(`ALTER USER ${name} ${options} ATTRIBUTE ${attribute}`);
  const changes = await alignGrants(wire, base, clone);
  await query(`ALTER USER ${name} DEFAULT ROLE ${defaultRole}`);
  return changes;
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
  if (clones.length === 0 && grants === "keep" && pair.next === pair.clone) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  const marked = clones.length === 0 || (await isMarked(wire, pair));
  if (!marked && grants === "sync" && pair.next === pair.clone) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (made by AWS's function), ` +
        `say so: ALTER USER that account ATTRIBUTE '${JSON.stringify({ keyturn: { cloneOf: pair.base } })}'. If not, rename one of the two.`,
    );
  }
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await accountsOf(wire, original)).length > 0) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is, say so: ALTER USER that account ATTRIBUTE ` +
        `'${JSON.stringify({ keyturn: { cloneOf: original } })}'. If not, tag the secret keyturn:strategy = dual-password.`,
    );
  }
}

async function isMarked(wire: Wire, { base, clone }: Pair): Promise<boolean> {
  const rows = await wire.query(
    `SELECT 1 FROM information_schema.USER_ATTRIBUTES
      WHERE USER = ${wire.connection.escape(clone)} AND ATTRIBUTE->>'$.keyturn.cloneOf' = ${wire.connection.escape(base)}`,
  );
  return rows.length > 0;
}

async function permitted(wire: Wire, pair: Pair, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    if (![1044, 1045, 1142, 1227, 1410].includes(errno ?? 0)) throw error;
    const admin = quoteAccount(wire.connection, wire.account);
    throw new KeyturnError("AccessDeniedError", {
      code: "AdminLacksRight",
      message:
        `The admin ${admin} may not manage the pair of ${JSON.stringify(pair.base)}. A person who may should run: ` +
        `GRANT CREATE USER, ROLE_ADMIN ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin}; and, with GRANT OPTION, ` +
        `everything that ${JSON.stringify(pair.base)} has been granted.`,
      cause: { name: "DatabaseError", code: String(errno), message },
    });
  }
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
