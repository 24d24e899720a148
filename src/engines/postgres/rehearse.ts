import type { Client } from "pg";
import type { Change } from "../engine.js";
import { inSavepoint, ROLLED_BACK, rolledBack } from "../postgres-wire/transactions.js";
import { noDualPassword } from "../refusals.js";
import { unknownPassword } from "../unknown-password.js";
import { alternate } from "./alternate.js";
import type { Facts } from "./connect.js";
import { notItself, ofAnother, ofItself, withPassword } from "./passwords.js";

/**
 * So long is a role waited for that someone else is changing: less than anyone may wait for us.
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT
 */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

/** Runs the very statements, with a password that nobody knows: roles are changed in transactions, as tables are. */
export async function rehearse(client: Client, facts: Facts, change: Change): Promise<string> {
  if (change.kind === "second password") throw noDualPassword("PostgreSQL");
  const setter = (username: string) => withPassword(client, facts, username, unknownPassword(), inSavepoint);
  if (change.kind === "own password") await briefly(client, () => setter(facts.login)(ofItself(client, facts.login)));
  else if (change.kind === "pair") await alternate(client, facts.login, change, setter(change.pair.next), briefly);
  else {
    const { username } = change;
    const set = () => setter(username)(ofAnother(client, username));
    await notItself(facts.login, username, () => briefly(client, set));
  }
  return ROLLED_BACK;
}

function briefly<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  return rolledBack(client, async () => {
    await client.query(LOCK_TIMEOUT);
    return work();
  });
}
