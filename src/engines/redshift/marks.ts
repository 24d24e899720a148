import type { Client } from "pg";
import type { Pair } from "../engine.js";

/**
 * A group without a right, made for one pair, with both as its only members: Redshift has no other place to say that a user
 * is the clone of another, and a name alone says nothing. The base is in it because a dropped user leaves its groups: one
 * that is made anew under its name, perhaps for somebody else, is no base of the clone that was left behind.
 */
export function markerOf(base: string): string {
  return `keyturn_${base}`;
}

/** Marks both of a pair. `groups`: the base's. */
export async function mark(client: Client, { base, clone }: Pair, groups: readonly string[]): Promise<void> {
  const group = markerOf(base);
  const marker = client.escapeIdentifier(group);
  const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_group WHERE groname = $1", [group]);
  if (rows.length === 0) await client.query(`CREATE GROUP ${marker}`);
  const users = [...(groups.includes(group) ? [] : [base]), clone];
  for (const user of users) await client.query(`ALTER GROUP ${marker} ADD USER ${client.escapeIdentifier(user)}`);
}
