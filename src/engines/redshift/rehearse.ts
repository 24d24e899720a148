import type { Client } from "pg";
import type { Change } from "../engine.js";
import { ROLLED_BACK, rolledBack } from "../postgres-wire/transactions.js";
import { noDualPassword } from "../refusals.js";
import { unknownPassword } from "../unknown-password.js";
import { alternate } from "./alternate.js";
import { notItself, setPassword } from "./passwords.js";

/** Runs the very statements, with a password that nobody knows: users are changed in transactions, as tables are. */
export async function rehearse(client: Client, login: string, change: Change): Promise<string> {
  if (change.kind === "second password") throw noDualPassword("Redshift");
  const password = unknownPassword();
  if (change.kind === "pair") await alternate(client, login, { ...change, password }, rolledBack);
  else if (change.kind === "own password") await rolledBack(client, () => setPassword(client, login, password));
  else {
    const { username } = change;
    await notItself(login, username, () => rolledBack(client, () => setPassword(client, username, password)));
  }
  return ROLLED_BACK;
}
