import type { Client } from "pg";
import type { Session } from "../engine.js";
import { inSavepoint, probe } from "../postgres-wire/connect.js";
import { alternate } from "./alternate.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { rehearse } from "./rehearse.js";
import { ofAnother, ofItself, withPassword } from "./set-password.js";

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

    changeOwnPassword: ({ password }) => setter(facts.login, password)(ofItself(client, facts.login)),

    setPassword: ({ username, password }) => setter(username, password)(ofAnother(client, username)),

    pair: () => pair(client, facts.login),

    alternate: (request) =>
      alternate(
        client,
        facts.login,
        request,
        withPassword(client, facts, request.pair.next, request.password, inSavepoint),
      ),

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

    rehearse: (change) => rehearse(client, facts, change),

    probe: (statements) => probe(client, statements),

    close: () => client.end(),
  };
}
