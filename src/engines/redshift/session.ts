import type { Client } from "pg";
import type { PasswordReport, Session } from "../engine.js";
import { probe, ROLLED_BACK, rolledBack } from "../postgres-wire/connect.js";
import { unknownPassword } from "../unknown-password.js";
import { alternate } from "./alternate.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";

/** What the server says of a connection when it is made. */
export interface Facts {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
}

export function session(client: Client, facts: Facts): Session {
  /** In clear text, so that the cluster hashes it in its own way; Redshift masks it in its logs and system tables. */
  async function setPassword(username: string, password: string): Promise<PasswordReport> {
    const user = client.escapeIdentifier(username);
    await client.query(`ALTER USER ${user} PASSWORD ${client.escapeLiteral(password)}`);
    return { sentAs: "masked" };
  }

  return {
    whoAmI: async () => facts,

    changeOwnPassword: ({ password }) => setPassword(facts.login, password),

    setPassword: ({ username, password }) => permitted(facts.login, username, () => setPassword(username, password)),

    pair: () => pair(client, facts.login),

    alternate: (request) => alternate(client, facts.login, request),

    /** https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html: only superusers may. */
    retire: ({ username }) =>
      permitted(facts.login, username, async () => {
        await client.query(`ALTER USER ${client.escapeIdentifier(username)} PASSWORD DISABLE`);
      }),

    /**
     * Users who are no superusers see their own only; longer names are cut.
     * https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SESSIONS.html
     */
    async sessionsOf(username) {
      const { rows: users } = await client.query<{ superuser: boolean }>(
        "SELECT usesuper AS superuser FROM pg_user WHERE usename = $1",
        [facts.login],
      );
      if ((username !== facts.login && !users[0]?.superuser) || Buffer.byteLength(username) > 50) return undefined;
      const { rows } = await client.query<{ sessions: number }>(
        "SELECT count(*)::int AS sessions FROM stv_sessions WHERE trim(user_name) = $1 AND process <> pg_backend_pid()",
        [username],
      );
      return rows[0]?.sessions;
    },

    rehearse: async (change) => {
      const password = unknownPassword();
      if (change.kind === "pair") await alternate(client, facts.login, { ...change, password }, rolledBack);
      else {
        const username = change.kind === "own password" ? facts.login : change.username;
        await permitted(facts.login, username, () => rolledBack(client, () => setPassword(username, password)));
      }
      return ROLLED_BACK;
    },

    probe: (statements) => probe(client, statements),

    close: () => client.end(),
  };
}
