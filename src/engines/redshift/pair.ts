import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { traits } from "./traits.js";

/**
 * A group without a right, made for one pair, with both as its only members: Redshift has no other place to say that a user
 * is the clone of another, and a name alone says nothing. The base is in it because a dropped user leaves its groups: one
 * that is made anew under its name, perhaps for somebody else, is no base of the clone that was left behind.
 */
export function markerOf(base: string): string {
  return `keyturn_${base}`;
}

export async function pair(client: Client, login: string): Promise<Pair> {
  const base = login.endsWith(SUFFIX) ? login.slice(0, -SUFFIX.length) : undefined;
  if (base !== undefined && (await groupsOf(client, login)).includes(markerOf(base)))
    return { base, clone: login, next: base };
  const clone = login + SUFFIX;
  if (Buffer.byteLength(clone) > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} bytes. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: login, clone, next: clone };
}

/** https://docs.aws.amazon.com/redshift/latest/dg/r_PG_GROUP.html is visible to everybody. */
export async function groupsOf(client: Client, username: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT g.groname::text AS name FROM pg_catalog.pg_group g, pg_catalog.pg_user u
      WHERE u.usename = $1 AND u.usesysid = ANY (g.grolist) ORDER BY 1`,
    [username],
  );
  return rows.map(({ name }) => name);
}
