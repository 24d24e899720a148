import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest, Engine } from "../engine.js";
import { openClient } from "../postgres-wire/connect.js";
import { classify } from "../postgres-wire/errors.js";
import { type Facts, session } from "./session.js";
import { accepts, name, traits } from "./traits.js";

export const postgres: Engine = { name, accepts, traits, classify, connect };

function connect(request: ConnectRequest) {
  return openClient(request, async (client) => session(client, await askFacts(client, request)));
}

/**
 * A pooler's sessions are shared, so that nothing may be set in one: that is known by the server's process, which is not
 * the one that was told when connecting. (PgBouncer would refuse the time-out as a startup parameter.)
 */
async function askFacts(client: Client, { target, statementTimeoutMs }: ConnectRequest): Promise<Facts> {
  const { processID } = client as Client & { processID: number | null };
  const { rows } = await client.query<Facts & { direct: boolean }>(FACTS, [processID, String(statementTimeoutMs)]);
  const facts = rows[0] as Facts & { direct: boolean };
  if (!facts.direct) {
    throw new KeyturnError("UnsupportedError", {
      code: "PoolerInFront",
      message:
        "A connection pooler (PgBouncer, RDS Proxy) answers at the secret's host, and knows passwords of its own. " +
        'Put the server\'s own end point into the secret as "host".',
    });
  }
  if (facts.reader && !target.reader) {
    throw new KeyturnError("UnsupportedError", {
      code: "ReaderEndpoint",
      message: 'The server is a read-only replica. Put the writer\'s end point into the secret as "host".',
    });
  }
  if (facts.iam) {
    throw new KeyturnError("UnsupportedError", {
      code: "IamLogin",
      message: "The user logs in by IAM (rds_iam), so it has no password to rotate. Take the keyturn:schedule tag off.",
    });
  }
  return facts;
}

const FACTS = `
  SELECT session_user::text AS login, current_user::text AS "actingAs", current_setting('server_version') AS "serverVersion",
         current_setting('password_encryption') AS encryption, pg_is_in_recovery() AS reader,
         pg_backend_pid() = $1::int AS direct,
         CASE WHEN pg_backend_pid() = $1::int THEN set_config('statement_timeout', $2, false) END AS timeout,
         EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles iam ON iam.oid = m.roleid JOIN pg_roles me ON me.oid = m.member
                 WHERE iam.rolname = 'rds_iam' AND me.rolname = session_user) AS iam`;
