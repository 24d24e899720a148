import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import type { Wire } from "../mysql-wire/connect.js";
import { traits } from "./traits.js";

export const SUFFIX = "_clone";

/** Whose clone a login is stands in the account's attributes: a name that ends in `_clone` says nothing. */
export async function pair({ query, connection, account: { user, host } }: Wire): Promise<Pair> {
  const rows = await query<{ base: string | null }>(
    `SELECT ATTRIBUTE->>'$.keyturn.cloneOf' AS base FROM information_schema.USER_ATTRIBUTES
      WHERE USER = ${connection.escape(user)} AND HOST = ${connection.escape(host)}`,
  );
  const base = rows[0]?.base;
  if (base) return { base, clone: user, next: base };
  const clone = user + SUFFIX;
  if ([...clone].length > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = dual-password.",
    });
  }
  return { base: user, clone, next: clone };
}
