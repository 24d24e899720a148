import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { markerOf } from "./accounts.js";
import { traits } from "./traits.js";
import type { Wire } from "./wire.js";

export const SUFFIX = "_clone";

/** Everybody may ask for memberships of their own. */
export async function pair(wire: Wire): Promise<Pair> {
  const { login, contained } = wire.facts;
  const base = login.endsWith(SUFFIX) ? login.slice(0, -SUFFIX.length) : undefined;
  if (base !== undefined) {
    const [row] = await wire.query<{ member: number | null }>({
      sql: `SELECT ${contained ? "IS_ROLEMEMBER" : "IS_SRVROLEMEMBER"}(@role) AS member`,
      parameters: { role: markerOf(base) },
    });
    if (row?.member === 1) return { base, clone: login, next: base };
  }
  const clone = login + SUFFIX;
  if (markerOf(clone).length > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, or its role's, is longer than ${traits.username.max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: login, clone, next: clone };
}
