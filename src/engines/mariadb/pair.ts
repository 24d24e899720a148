import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import type { Wire } from "../mysql-wire/connect.js";
import { traits } from "./traits.js";

export const SUFFIX = "_clone";

/**
 * A role without a right, made for one pair and granted to its clone: MariaDB has no other place to say that a login is
 * the clone of another, and a name alone says nothing.
 */
export function markerOf(base: string): string {
  return `keyturn_${base}`;
}

export async function pair({ query, account: { user } }: Wire): Promise<Pair> {
  const roles = await query<{ role: string }>("SELECT ROLE_NAME AS role FROM information_schema.APPLICABLE_ROLES");
  const base = user.endsWith(SUFFIX) ? user.slice(0, -SUFFIX.length) : undefined;
  if (base !== undefined && roles.some(({ role }) => role === markerOf(base))) return { base, clone: user, next: base };
  const clone = user + SUFFIX;
  if ([...clone].length > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: user, clone, next: clone };
}
