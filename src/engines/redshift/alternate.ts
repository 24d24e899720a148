import type { Client } from "pg";
import type { AlternateReport, Pair } from "../engine.js";
import { inTransaction } from "../postgres-wire/transactions.js";
import { unknownPassword } from "../unknown-password.js";
import { check } from "./checks.js";
import { defaultChanges } from "./default-rights.js";
import { ownedBy } from "./owned.js";
import { markerOf } from "./pair.js";
import { permitted } from "./permitted.js";
import { type Privilege, privilegesOf } from "./rights.js";
import { attributeChanges, DEFAULTS, readUser, type User } from "./users.js";

/**
 * Makes the next of the pair ready, in one transaction. The clone is brought in line each time, given and taken:
 * attributes, groups, roles, privileges in the secret's database, and default privileges. What either owns the other may
 * use. `transaction`: whether it takes effect.
 */
export async function alternate(
  client: Client,
  admin: string,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
  transaction = inTransaction,
): Promise<AlternateReport> {
  const next = client.escapeIdentifier(pair.next);
  return permitted(admin, pair.next, () =>
    transaction(client, async () => {
      const base = await readUser(client, pair.base);
      const clone = await readUser(client, pair.clone);
      const mayMake = pair.next === pair.clone && grants === "sync";
      await check(client, admin, pair, { base, clone, mayMake });
      const created = !clone;
      if (created) {
        await client.query(`CREATE USER ${next} PASSWORD ${client.escapeLiteral(unknownPassword())}`);
        await mark(client, pair, base as User);
      }
      const changes = mayMake
        ? await align(client, pair, base as User, clone ?? { ...DEFAULTS, groups: [markerOf(pair.base)] })
        : { granted: [], revoked: [] };
      await client.query(`ALTER USER ${next} PASSWORD ${client.escapeLiteral(password)}`);
      return { created, ...changes, sentAs: "masked" as const };
    }),
  );
}

/** Lets nobody in by a password as one of the pair. https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html */
export async function retire(client: Client, admin: string, pair: Pair): Promise<void> {
  await permitted(admin, pair.next, () =>
    inTransaction(client, async () => {
      const base = await readUser(client, pair.base);
      const clone = await readUser(client, pair.clone);
      await check(client, admin, pair, { base, clone, mayMake: false });
      await client.query(`ALTER USER ${client.escapeIdentifier(pair.next)} PASSWORD DISABLE`);
    }),
  );
}

async function mark(client: Client, pair: Pair, base: User): Promise<void> {
  const group = markerOf(pair.base);
  const marker = client.escapeIdentifier(group);
  const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_group WHERE groname = $1", [group]);
  if (rows.length === 0) await client.query(`CREATE GROUP ${marker}`);
  const users = [...(base.groups.includes(group) ? [] : [pair.base]), pair.clone];
  for (const user of users) await client.query(`ALTER GROUP ${marker} ADD USER ${client.escapeIdentifier(user)}`);
}

async function align(client: Client, pair: Pair, from: User, to: User) {
  const quote = (name: string) => client.escapeIdentifier(name);
  const clone = quote(pair.clone);
  const granted: string[] = [];
  const revoked: string[] = [];
  const run = async (statement: string, report: string[], text = statement) => {
    await client.query(statement);
    report.push(text);
  };

  for (const change of attributeChanges(client, from, to)) await client.query(`ALTER USER ${clone} ${change}`);
  const wantedGroups = [...from.groups, markerOf(pair.base)];
  for (const group of from.groups.filter((name) => !to.groups.includes(name)))
    await run(`ALTER GROUP ${quote(group)} ADD USER ${clone}`, granted, `group ${group}`);
  for (const group of to.groups.filter((name) => !wantedGroups.includes(name)))
    await run(`ALTER GROUP ${quote(group)} DROP USER ${clone}`, revoked, `group ${group}`);

  const usable = await privilegesOf(client, pair.base);
  const owned = await ownedBy(client, pair.clone);
  const has = (list: readonly Privilege[], text: string) => list.some((one) => one.text === text);
  const wanted = [...usable, ...(await ownedBy(client, pair.base))].filter(({ text }) => !has(owned, text));
  const found = await privilegesOf(client, pair.clone);
  for (const one of found.filter(({ text }) => !has(wanted, text))) await run(one.take(pair.clone), revoked, one.text);
  // A privilege may stand in the list with and without the option to hand it on: what was taken is given again.
  const missing = wanted.filter(({ text }) => !has(found, text));
  for (const one of revoked.length > 0 ? wanted : missing) await client.query(one.give(pair.clone));
  granted.push(...missing.map(({ text }) => text));

  for (const one of owned) if (!has(usable, one.text)) await client.query(one.give(pair.base));
  const { given, taken } = await defaultChanges(client, pair);
  for (const statement of taken) await run(statement, revoked);
  for (const statement of given) await run(statement, granted);
  return { granted, revoked };
}
