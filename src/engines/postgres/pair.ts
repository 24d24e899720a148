import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { traits } from "./traits.js";

export const SUFFIX = "_clone";

/**
 * A login is a clone when it is a member of a role that its own `role` setting names, which is how `alternate` makes
 * them, or that it is named after, which is how AWS's function does. A login that merely ends in `_clone` is a base.
 */
export async function pair(client: Client, login: string): Promise<Pair> {
  const { rows } = await client.query<{ base: string }>(BASE);
  const base = rows[0]?.base;
  if (base !== undefined) return { base, clone: login, next: base };
  const clone = login + SUFFIX;
  if (Buffer.byteLength(clone) > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} bytes, and the server would cut it. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: login, clone, next: clone };
}

const BASE = `
  SELECT base.rolname AS base
    FROM pg_roles me
    JOIN pg_auth_members m ON m.member = me.oid
    JOIN pg_roles base ON base.oid = m.roleid
    LEFT JOIN pg_db_role_setting s ON s.setrole = me.oid AND s.setdatabase = 0
   WHERE me.rolname = session_user
     AND (('role=' || base.rolname) = ANY (s.setconfig) OR me.rolname = base.rolname || '${SUFFIX}')
   ORDER BY (('role=' || base.rolname) = ANY (s.setconfig)) DESC NULLS LAST
   LIMIT 1`;
