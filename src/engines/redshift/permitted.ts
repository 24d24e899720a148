import { adminLacksRight } from "../refusals.js";

/** Tells an admin without the right which statement a person must run. */
export async function permitted<Result>(admin: string, username: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== "42501") throw error;
    const howTo =
      "It takes a superuser: the cluster's admin user, or one that a superuser made so: " +
      `ALTER USER "${admin.replaceAll('"', '""')}" CREATEUSER;`;
    const cause = { name: "DatabaseError", code, sqlState: code, message };
    throw adminLacksRight(JSON.stringify(admin), JSON.stringify(username), howTo, cause);
  }
}
