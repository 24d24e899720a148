import type { Client } from "pg";
import type { Pair } from "../engine.js";
import type { Changes } from "../pairs.js";
import { parameter, split, written } from "../postgres-wire/settings.js";
import { defaultChanges } from "./default-rights.js";
import { rightsOf } from "./granted-rights.js";
import { markerOf } from "./marks.js";
import { ownedBy } from "./owned-rights.js";
import type { Right } from "./rights.js";
import type { User } from "./users.js";

/**
 * Gives the clone what the base has, and takes from it what it has not: attributes, groups, roles, privileges in the secret's
 * database, and default privileges. What either owns the other may use.
 */
export async function align(client: Client, pair: Pair, from: User, to: User): Promise<Changes> {
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

  const usable = await rightsOf(client, pair.base);
  const owned = await ownedBy(client, pair.clone);
  const has = (list: readonly Right[], text: string) => list.some((one) => one.text === text);
  const wanted = [...usable, ...(await ownedBy(client, pair.base))].filter(({ text }) => !has(owned, text));
  const found = await rightsOf(client, pair.clone);
  for (const one of found.filter(({ text }) => !has(wanted, text))) await run(one.take(pair.clone), revoked, one.text);
  // A privilege may stand in the list with and without the option to hand it on: what was taken is given again.
  const missing = wanted.filter(({ text }) => !has(found, text));
  for (const one of revoked.length > 0 ? wanted : missing) await client.query(one.give(pair.clone));
  granted.push(...missing.map(({ text }) => text));

  for (const one of owned) if (!has(usable, one.text)) await client.query(one.give(pair.base));
  const { given, taken } = await defaultChanges(client, pair);
  for (const statement of taken) await run(statement, revoked);
  for (const statement of given) await run(statement, granted);
  return { granted, revoked, left: [] };
}

/** The clauses of ALTER USER that make one user like another. */
function attributeChanges(client: Client, from: User, to: User): string[] {
  const changed = <Key extends keyof User>(key: Key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]);
  return [
    ...(changed("createdb") ? [from.createdb ? "CREATEDB" : "NOCREATEDB"] : []),
    ...(changed("validUntil") ? [`VALID UNTIL ${client.escapeLiteral(from.validUntil ?? "infinity")}`] : []),
    ...(changed("connectionLimit") ? [`CONNECTION LIMIT ${limit(from.connectionLimit)}`] : []),
    ...(changed("syslogAccess")
      ? [`SYSLOG ACCESS ${from.syslogAccess === "UNRESTRICTED" ? "UNRESTRICTED" : "RESTRICTED"}`]
      : []),
    ...(changed("sessionTimeout")
      ? [from.sessionTimeout > 0 ? `SESSION TIMEOUT ${Number(from.sessionTimeout)}` : "RESET SESSION TIMEOUT"]
      : []),
    ...settingChanges(client, from.settings, to.settings),
  ];
}

function limit(text: string): string {
  return /^\d+$/.test(text) ? text : "UNLIMITED";
}

function settingChanges(client: Client, from: readonly string[], to: readonly string[]): string[] {
  const wanted = new Map(from.map(split));
  const found = new Map(to.map(split));
  return [
    ...[...wanted]
      .filter(([name, value]) => found.get(name) !== value)
      .map(([name, value]) => `SET ${parameter(name)} TO ${written(client, name, value)}`),
    ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `RESET ${parameter(name)}`),
  ];
}
