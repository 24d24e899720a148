import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { markOf, retiredMarkOf } from "./marks.js";
import { stored, traits } from "./traits.js";

/** A login is the clone of the one that it is called after where its role is marked as that. Any other is a base. */
export async function pair(client: Client, login: string): Promise<Pair> {
  const base = login.endsWith(SUFFIX) ? login.slice(0, -SUFFIX.length) : "";
  if (base !== "") {
    const { rows } = await client.query<{ mark: string | null }>(
      "SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_catalog.pg_roles WHERE rolname = $1",
      [login],
    );
    const mark = rows[0]?.mark;
    if (mark === markOf(base) || mark === retiredMarkOf(base)) return { base, clone: login, next: base };
  }
  const clone = login + SUFFIX;
  if (stored(clone) !== clone) throw tooLong(clone);
  return { base: login, clone, next: clone };
}

export function tooLong(clone: string): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "UsernameTooLong",
    message:
      `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} bytes, and the server would cut it. ` +
      "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
  });
}
