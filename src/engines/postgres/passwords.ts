import type { Client } from "pg";
import type { PasswordReport } from "../engine.js";
import type { inSavepoint } from "../postgres-wire/transactions.js";
import { adminItself } from "../refusals.js";
import type { Facts } from "./connect.js";
import { stored } from "./names.js";
import { permitted } from "./permitted.js";
import { md5Verifier, scramVerifier } from "./verifier.js";

/** Runs a statement that it gives a password to. */
export type WithPassword = (statement: (literal: string) => string) => Promise<PasswordReport>;

/**
 * Gives the statement the verifier of the password, so that the server never hears it. Only where an extension of the
 * server insists on seeing clear passwords, to judge them, is it sent as it is. Whoever proved its own by SCRAM keeps a verifier
 * of SCRAM, because the setting may be that of a database which others own. `isolate`: where a transaction is open, which the
 * extension's refusal would otherwise end.
 */
export function withPassword(
  client: Client,
  { login, encryption, proof }: Pick<Facts, "login" | "encryption" | "proof">,
  username: string,
  password: string,
  isolate: typeof inSavepoint = (_, work) => work(),
): WithPassword {
  const scram = encryption === "scram-sha-256" || (username === login && proof === "scram");
  // Begun before it is needed, while the server is asked.
  const computed = scram ? scramVerifier(password) : Promise.resolve(md5Verifier(username, password));
  computed.catch(() => undefined);
  return async (statement) => {
    const verifier = await computed;
    try {
      await isolate(client, () => client.query(statement(client.escapeLiteral(verifier))));
      return { sentAs: "verifier" };
    } catch (error) {
      if (!insistsOnClearText(error)) throw error;
      await client.query(statement(client.escapeLiteral(password)));
      return { sentAs: "clear text" };
    }
  };
}

/** credcheck's `encrypted_password_allowed`: https://github.com/HexaCluster/credcheck#password-type */
function insistsOnClearText(error: unknown): boolean {
  return /password type is not a plain text|encrypted password.*not allowed/i.test((error as Error).message);
}

/**
 * A clone acts as its base, and the base may not change the clone's password: it has to be itself first. RESET ROLE
 * would go back to the base.
 */
export function ofItself(client: Client, login: string): (literal: string) => string {
  return (literal) => `SET ROLE NONE; ALTER ROLE ${client.escapeIdentifier(login)} PASSWORD ${literal}`;
}

export function ofAnother(client: Client, username: string): (literal: string) => string {
  return (literal) => `ALTER ROLE ${client.escapeIdentifier(username)} PASSWORD ${literal}`;
}

/** Does as an admin what changes a login of another, which the server would cut to a name that is the admin's own. */
export async function notItself<Result>(admin: string, username: string, work: () => Promise<Result>): Promise<Result> {
  if (stored(username) === admin) throw adminItself(admin);
  return permitted(admin, [username], work);
}
