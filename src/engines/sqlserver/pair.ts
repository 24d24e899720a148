import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import type { Wire } from "./connect.js";
import { baseOf } from "./names.js";
import { traits } from "./traits.js";
import { markerOf, unreadyMarkerOf } from "./users.js";

/**
 * Everybody may ask for memberships of their own. Users of a contained database are a pair of that database: a login of
 * the server may have the same name and be somebody else.
 */
export async function pair(wire: Wire): Promise<Pair> {
  const { login, contained, database } = wire.facts;
  const kept = contained ? { keptIn: database } : {};
  const base = baseOf(login);
  if (base !== undefined) {
    const [row] = await wire.query<{ member: number | null }>({
      sql: `SELECT ${contained ? "IS_ROLEMEMBER" : "IS_SRVROLEMEMBER"}(@role) AS member`,
      parameters: { role: markerOf(base) },
    });
    if (row?.member === 1) return { base, clone: login, next: base, ...kept };
  }
  const clone = login + SUFFIX;
  if (Math.max(markerOf(clone).length, unreadyMarkerOf(login).length) > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, or its role's, is longer than ${traits.username.max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: login, clone, next: clone, ...kept };
}
