import type { Client } from "pg";
import type { PasswordReport, Session } from "../engine.js";
import { probe } from "../postgres-wire/connect.js";
import { alternate } from "./alternate.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { md5Verifier, scramVerifier } from "./verifier.js";

/** What the server says of a connection when it is made. */
export interface Facts {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
  /** `scram-sha-256`, `md5`, or `on` in servers before 10. */
  readonly encryption: string;
  readonly reader: boolean;
  readonly iam: boolean;
}

export function session(client: Client, facts: Facts): Session {
  const setter = (username: string, password: string) => withPassword(client, facts, username, password);
  return {
    whoAmI: async () => facts,

    // A clone acts as its base, and the base may not change the clone's password: it has to be itself first. RESET ROLE
    // would go back to the base.
    changeOwnPassword: ({ password }) =>
      setter(
        facts.login,
        password,
      )((literal) => `SET ROLE NONE; ALTER ROLE ${client.escapeIdentifier(facts.login)} PASSWORD ${literal}`),

    setPassword: ({ username, password }) =>
      setter(username, password)((literal) => `ALTER ROLE ${client.escapeIdentifier(username)} PASSWORD ${literal}`),

    pair: () => pair(client, facts.login),

    alternate: (request) => alternate(client, facts.login, request, setter(request.pair.next, request.password)),

    async retire({ username }) {
      const role = client.escapeIdentifier(username);
      await permitted(facts.login, [username], () => client.query(`ALTER ROLE ${role} NOLOGIN PASSWORD NULL`));
    },

    /** Everybody may see whose session each is. https://www.postgresql.org/docs/current/monitoring-stats.html */
    async sessionsOf(username) {
      const { rows } = await client.query<{ sessions: number }>(
        "SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()",
        [username],
      );
      return rows[0]?.sessions;
    },

    probe: (statements) => probe(client, statements),

    close: () => client.end(),
  };
}

/** Runs a statement that it gives a password to. */
export type WithPassword = (statement: (literal: string) => string) => Promise<PasswordReport>;

/**
 * Gives the statement the verifier of the password, so that the server never hears it. Only where an extension of the
 * server insists on seeing clear passwords, to judge them, is it sent as it is.
 */
function withPassword(client: Client, { encryption }: Facts, username: string, password: string): WithPassword {
  return async (statement) => {
    const verifier = encryption === "scram-sha-256" ? await scramVerifier(password) : md5Verifier(username, password);
    try {
      await client.query(statement(client.escapeLiteral(verifier)));
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
