import type { Account, Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import type { Role } from "./grant.js";
import { quoteRole } from "./grant-statements.js";
import { quoteAccount } from "./quote.js";

/**
 * What Keyturn must know of a login stands in roles without a right that are granted to it: only an admin makes and
 * grants roles, while a login may write other things about itself (in MySQL its own attributes and comment). One that
 * may hand on its mark is not marked by it.
 */
export async function isMarked(dialect: Dialect, role: Role, accounts: readonly Account[]): Promise<boolean> {
  return accounts.length > 0 && (await unmarked(dialect, [role], accounts)).length === 0;
}

/** Those of one login's accounts that have none of these marks. */
export async function unmarked<One extends Account>(
  dialect: Dialect,
  roles: readonly Role[],
  accounts: readonly One[],
): Promise<One[]> {
  const hosts: string[] = [];
  for (const role of roles) hosts.push(...(await dialect.hostsWith(role, accounts[0]?.user ?? "")));
  return accounts.filter(({ host }) => !hosts.includes(host));
}

export async function mark(wire: Wire, dialect: Dialect, role: Role, accounts: readonly Account[]): Promise<void> {
  const missing = await unmarked(dialect, [role], accounts);
  if (missing.length === 0) return;
  await wire.query(`CREATE ROLE IF NOT EXISTS ${quoteRole(role)}`);
  for (const account of missing)
    await wire.query(`GRANT ${quoteRole(role)} TO ${quoteAccount(wire.connection, account)}`);
}

export async function unmark(wire: Wire, dialect: Dialect, role: Role, accounts: readonly Account[]): Promise<void> {
  const hosts = await dialect.hostsWith(role, accounts[0]?.user ?? "");
  for (const account of accounts.filter(({ host }) => hosts.includes(host)))
    await wire.query(`REVOKE ${quoteRole(role)} FROM ${quoteAccount(wire.connection, account)}`);
}

/** The names of all that Keyturn may say of either of a pair: nothing that is carried from one to the other. */
export function marksOf(dialect: Dialect, base: string): string[] {
  const roles = [dialect.cloneMark(base), dialect.makingMark(base), dialect.baseMark(base), dialect.retiredMark(base)];
  return roles.map(({ name }) => name);
}
