import { type CleanCause, KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { adminLacksRight } from "../refusals.js";
import type { Wire } from "./connect.js";
import { numbersOf } from "./errors.js";
import { dictionaryName } from "./names.js";
import { quoteName } from "./quote.js";

/**
 * Server errors that mean a missing right: of a view (942), of a statement (1031, 41900), to hand on a role or a
 * privilege (1720, 1927, 1929, 1932). https://docs.oracle.com/en/error-help/db/
 */
const DENIED: ReadonlySet<number> = new Set([942, 1031, 1720, 1927, 1929, 1932, 41900]);

/** Tells an admin without the rights which statements a person must run. */
export async function permitted<Result>(wire: Wire, pair: Pair, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const number = deniedNumber(error);
    if (number === undefined) throw error;
    const cause = { name: "DatabaseError", code: `ORA-${String(number).padStart(5, "0")}`, message: "" };
    throw lacksRight(wire, pair, [], cause);
  }
}

export function isDenied(error: unknown): boolean {
  return deniedNumber(error) !== undefined;
}

function deniedNumber(error: unknown): number | undefined {
  return error instanceof KeyturnError ? undefined : numbersOf(error).find((one) => DENIED.has(one));
}

/** `lacking`: privileges and roles by name, where they are known. */
export function lacksRight(wire: Wire, pair: Pair, lacking: readonly string[], cause?: CleanCause): KeyturnError {
  const admin = quoteName(wire.account.user);
  const base = JSON.stringify(dictionaryName(pair.base));
  const named = lacking.length > 5 ? [...lacking.slice(0, 5), "…"] : lacking;
  const howTo =
    `A person who may should run: GRANT CREATE USER, ALTER USER, CREATE ROLE TO ${admin}; ` +
    `GRANT SELECT_CATALOG_ROLE TO ${admin}; and ` +
    `GRANT GRANT ANY ROLE, GRANT ANY PRIVILEGE, GRANT ANY OBJECT PRIVILEGE TO ${admin}; or grant it, WITH ADMIN OPTION ` +
    `and WITH GRANT OPTION, everything that ${base} has been granted.`;
  const what = `the pair of ${base}${named.length > 0 ? ` (${named.join(", ")})` : ""}`;
  return adminLacksRight(admin, what, howTo, cause);
}
