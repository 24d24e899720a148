import type { CleanCause, KeyturnError } from "../../errors.js";
import { adminLacksRight } from "../refusals.js";
import type { Wire } from "./connect.js";

/** Unauthorized. https://www.mongodb.com/docs/manual/reference/error-codes/ */
const DENIED = 13;

/** Tells an admin without the right which role it must be given. */
export async function permitted<Result>(wire: Wire, username: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: number; message: string };
    if (code !== DENIED) throw error;
    throw lacksRight(wire, username, { name: "DatabaseError", code: String(code), message });
  }
}

export function lacksRight(wire: Wire, username: string, cause?: CleanCause): KeyturnError {
  const admin = JSON.stringify(wire.username);
  const howTo =
    `A person who may should run: db.grantRolesToUser(${admin}, [{role: "userAdminAnyDatabase", db: "admin"}]); ` +
    "On DocumentDB use the primary user.";
  return adminLacksRight(admin, `${JSON.stringify(username)} and its clone`, howTo, cause);
}
