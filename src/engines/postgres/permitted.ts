import { KeyturnError } from "../../errors.js";

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
    throw new KeyturnError("AccessDeniedError", {
      code: "AdminLacksRight",
      message:
        `The admin ${JSON.stringify(admin)} may not manage ${managed.map(quote).join(" and ")}. A superuser, or on RDS a ` +
        `member of rds_superuser, should run, for those that exist: ALTER ROLE ${quote(admin)} CREATEROLE; ${grants.join(" ")}`,
      cause: { name: "DatabaseError", code, sqlState: code, message },
    });
  }
}

/** `"name"`, for messages; statements use the driver's own. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
