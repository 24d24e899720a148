import type { Client } from "pg";
import type { Session } from "../engine.js";
import { noDualPassword } from "../postgres-wire/errors.js";
import type { Proof } from "../postgres-wire/log-in.js";
import { probe } from "../postgres-wire/probe.js";
import { inSavepoint } from "../postgres-wire/transactions.js";
import { alternate, retire } from "./alternate.js";
import { pair } from "./pair.js";
import { notItself, ofAnother, ofItself, withPassword } from "./passwords.js";
import { rehearse } from "./rehearse.js";

/** What the server says of a connection when it is made. */
export interface Facts {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
  /** `scram-sha-256`, `md5`, or `on` in servers before 10: a setting that the session's database or login may have. */
  readonly encryption: string;
  readonly proof: Proof;
  readonly reader: boolean;
}

/** Logs in once more, to a session with the settings that the server gives this login. */
export type AsTheLoginWould = (work: (client: Client) => Promise<void>) => Promise<void>;

export function session(client: Client, facts: Facts, asTheLoginWould: AsTheLoginWould): Session {
  const setter = (username: string, password: string) => withPassword(client, facts, username, password);
  return {
    whoAmI: async () => facts,

    async isSuperuser() {
      const { rows } = await client.query<{ superuser: boolean }>(SUPERUSER);
      return rows[0]?.superuser ?? true;
    },

    changeOwnPassword: ({ password }) => setter(facts.login, password)(ofItself(client, facts.login)),

    setPassword: ({ username, password }) =>
      notItself(facts.login, username, () => setter(username, password)(ofAnother(client, username))),

    pair: () => pair(client, facts.login),

    alternate: (request) =>
      alternate(
        client,
        facts.login,
        request,
        withPassword(client, facts, request.pair.next, request.password, inSavepoint),
      ),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("PostgreSQL");
      await retire(client, facts.login, request.pair);
    },

    /** Everybody may see whose session each is. https://www.postgresql.org/docs/current/monitoring-stats.html */
    async sessionsOf(username) {
      const { rows } = await client.query<{ sessions: number }>(
        "SELECT count(*)::int AS sessions FROM pg_catalog.pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()",
        [username],
      );
      return rows[0]?.sessions;
    },

    rehearse: (change) => rehearse(client, facts, change),

    /** With the names and settings of the login's own sessions, which cannot be had back in one that began without. */
    probe: (statements) => asTheLoginWould((own) => probe(own, statements, { run: "MOVE FORWARD ALL IN keyturn" })),

    close: () => client.end(),
  };
}

/**
 * A superuser, RDS's substitute for one, or who may act as either, or become one by way of the server's files and
 * programs. The name of RDS's role means nothing where RDS's own superuser is not there, who made it.
 * https://www.postgresql.org/docs/current/predefined-roles.html
 */
const SUPERUSER = `
  SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r
                  WHERE pg_has_role(session_user, r.oid, 'MEMBER')
                    AND (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
                         OR r.rolname = 'rds_superuser'
                            AND EXISTS (SELECT FROM pg_catalog.pg_roles a WHERE a.rolname = 'rdsadmin' AND a.rolsuper))) AS superuser`;
