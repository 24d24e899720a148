import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { inTransaction } from "../postgres-wire/connect.js";
import { unknownPassword } from "../unknown-password.js";
import { defaultChanges } from "./defaults.js";
import { ownedBy } from "./owned.js";
import { markerOf, SUFFIX } from "./pair.js";
import { permitted } from "./permitted.js";
import { type Privilege, privilegesOf } from "./privileges.js";
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
  const base = await readUser(client, pair.base);
  const clone = await readUser(client, pair.clone);
  await check(client, pair, { base, clone, grants });
  const created = pair.next === pair.clone && !clone;
  const next = client.escapeIdentifier(pair.next);
  return permitted(admin, pair.next, () =>
    transaction(client, async () => {
      if (created) {
        await client.query(`CREATE USER ${next} PASSWORD ${client.escapeLiteral(unknownPassword())}`);
        await mark(client, pair);
      }
      const changes =
        grants === "sync" && pair.next === pair.clone
          ? await align(client, pair, base as User, clone ?? { ...DEFAULTS, groups: [markerOf(pair.base)] })
          : { granted: [], revoked: [] };
      await client.query(`ALTER USER ${next} PASSWORD ${client.escapeLiteral(password)}`);
      return { created, ...changes, sentAs: "masked" as const };
    }),
  );
}

async function mark(client: Client, pair: Pair): Promise<void> {
  const marker = client.escapeIdentifier(markerOf(pair.base));
  const { rows } = await client.query("SELECT 1 FROM pg_group WHERE groname = $1", [markerOf(pair.base)]);
  if (rows.length === 0) await client.query(`CREATE GROUP ${marker}`);
  await client.query(`ALTER GROUP ${marker} ADD USER ${client.escapeIdentifier(pair.clone)}`);
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

interface Found {
  readonly base: User | undefined;
  readonly clone: User | undefined;
  readonly grants: "sync" | "keep";
}

/** Refuses what would take something over, before anything is changed. */
async function check(client: Client, pair: Pair, { base, clone, grants }: Found): Promise<void> {
  if (!base) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The user ${JSON.stringify(pair.base)} does not exist on the admin's cluster.`,
    );
  }
  if (base.superuser) {
    throw refusal(
      "UnsupportedError",
      "Superuser",
      "A superuser is not cloned. Tag its secret keyturn:strategy = single-user.",
    );
  }
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await readUser(client, original))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${howToMark(client, original, pair.base)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (pair.next !== pair.clone) return;
  if (!clone && grants === "keep") {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  if (clone && grants === "sync" && !clone.groups.includes(markerOf(pair.base))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${howToMark(client, pair.base, pair.clone)} If not, rename one of the two.`,
    );
  }
}

function howToMark(client: Client, base: string, clone: string): string {
  return `CREATE GROUP ${client.escapeIdentifier(markerOf(base))} WITH USER ${client.escapeIdentifier(clone)};`;
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
