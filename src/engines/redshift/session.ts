import type { Client } from "pg";
import type { PasswordReport, Session } from "../engine.js";
import { adminItself, noDualPassword } from "../postgres-wire/errors.js";
import { probe } from "../postgres-wire/probe.js";
import { ROLLED_BACK, rolledBack } from "../postgres-wire/transactions.js";
import { unknownPassword } from "../unknown-password.js";
import { alternate, retire } from "./alternate.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { stored } from "./traits.js";

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

  async function ofAnother(username: string, work: () => Promise<PasswordReport>): Promise<PasswordReport> {
    if (stored(username) === stored(facts.login)) throw adminItself(facts.login);
    return permitted(facts.login, username, work);
  }

  /** https://docs.aws.amazon.com/redshift/latest/dg/r_roles-default.html: a role may stand for it, given to the user itself. */
  async function isSuperuser(): Promise<boolean> {
    const { rows } = await client.query<{ superuser: boolean }>(
      "SELECT usesuper AS superuser FROM pg_catalog.pg_user WHERE usename = $1",
      [facts.login],
    );
    if (rows[0]?.superuser ?? true) return true;
    const { rows: roles } = await client.query(
      "SELECT 1 FROM pg_catalog.svv_user_grants WHERE user_name = $1 AND role_name = 'sys:superuser'",
      [facts.login],
    );
    return roles.length > 0;
  }

  return {
    whoAmI: async () => facts,

    isSuperuser,

    changeOwnPassword: ({ password }) => setPassword(facts.login, password),

    setPassword: ({ username, password }) => ofAnother(username, () => setPassword(username, password)),

    pair: () => pair(client, facts.login),

    alternate: (request) => alternate(client, facts.login, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("Redshift");
      await retire(client, facts.login, request.pair);
    },

    /**
     * Users who are no superusers see their own only; longer names are cut.
     * https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SESSIONS.html
     */
    async sessionsOf(username) {
      if (Buffer.byteLength(username) > 50) return undefined;
      if (username !== facts.login && !(await isSuperuser())) return undefined;
      const { rows } = await client.query<{ sessions: number }>(
        "SELECT count(*)::int AS sessions FROM pg_catalog.stv_sessions WHERE trim(user_name) = $1 AND process <> pg_backend_pid()",
        [username],
      );
      return rows[0]?.sessions;
    },

    rehearse: async (change) => {
      if (change.kind === "second password") throw noDualPassword("Redshift");
      const password = unknownPassword();
      if (change.kind === "pair") await alternate(client, facts.login, { ...change, password }, rolledBack);
      else if (change.kind === "own password") await rolledBack(client, () => setPassword(facts.login, password));
      else {
        const { username } = change;
        await ofAnother(username, () => rolledBack(client, () => setPassword(username, password)));
      }
      return ROLLED_BACK;
    },

    /** The path is the session's own again for as long as the transaction lasts. One row: all of them are made for it. */
    probe: (statements) =>
      probe(client, statements, { first: "RESET search_path", run: "FETCH FORWARD 1 FROM keyturn" }),

    close: () => client.end(),
  };
}
