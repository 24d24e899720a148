import type { Client } from "pg";
import type { PasswordReport } from "../engine.js";
import { adminItself } from "../refusals.js";
import { stored } from "./names.js";
import { permitted } from "./permitted.js";

/** In clear text, so that the cluster hashes it in its own way; Redshift masks it in its logs and system tables. */
export async function setPassword(client: Client, username: string, password: string): Promise<PasswordReport> {
  const user = client.escapeIdentifier(username);
  await client.query(`ALTER USER ${user} PASSWORD ${client.escapeLiteral(password)}`);
  return { sentAs: "masked" };
}

/** Does as an admin what changes a login of another, however its name is written. */
export async function notItself<Result>(admin: string, username: string, work: () => Promise<Result>): Promise<Result> {
  if (stored(username) === stored(admin)) throw adminItself(admin);
  return permitted(admin, username, work);
}
