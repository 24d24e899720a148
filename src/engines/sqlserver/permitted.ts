import type { CleanCause, KeyturnError } from "../../errors.js";
import { adminLacksRight } from "../refusals.js";
import type { Wire } from "./connect.js";
import { bracketed } from "./statement.js";

/** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const DENIED: ReadonlySet<number> = new Set([229, 230, 262, 297, 300, 4613, 15151, 15247, 15406]);

/** Tells an admin without the right which statements a person must run. */
export async function permitted<Result>(wire: Wire, username: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isDenied(error)) throw error;
    const { number, message } = error as { number: number; message: string };
    throw lacksRight(wire, username, "", { name: "DatabaseError", code: String(number), message });
  }
}

export function isDenied(error: unknown): boolean {
  return DENIED.has((error as { number?: number }).number ?? 0);
}

/** `where`: ` in the database shop`, or nothing. */
export function lacksRight(wire: Wire, username: string, where = "", cause?: CleanCause): KeyturnError {
  const admin = bracketed(wire.credential.username);
  const howTo = wire.facts.contained
    ? `ALTER ROLE db_owner ADD MEMBER ${admin};`
    : `GRANT ALTER ANY LOGIN TO ${admin}; GRANT ALTER ANY SERVER ROLE TO ${admin}; GRANT VIEW ANY DEFINITION TO ${admin}; ` +
      `and in each database of the user: ALTER ROLE db_owner ADD MEMBER its user of ${admin};`;
  return adminLacksRight(admin, bracketed(username) + where, `A person who may should run: ${howTo}`, cause);
}
