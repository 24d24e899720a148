import { adminLacksRight } from "../refusals.js";
import { quote } from "./names.js";

/** From PostgreSQL 16 on, CREATEROLE alone is not enough for roles that the admin did not make. */
export async function permitted<Result>(
  admin: string,
  managed: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== "42501") throw error;
    const grants = managed.map((role) => `GRANT ${quote(role)} TO ${quote(admin)} WITH ADMIN OPTION;`);
    const howTo =
      "A superuser, or on RDS a member of rds_superuser, should run, for those that exist: " +
      `ALTER ROLE ${quote(admin)} CREATEROLE; ${grants.join(" ")}`;
    const cause = { name: "DatabaseError", code, sqlState: code, message };
    throw adminLacksRight(quote(admin), managed.map(quote).join(" and "), howTo, cause);
  }
}
