import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest, Engine } from "../engine.js";
import { openClient } from "../postgres-wire/connect.js";
import { classify } from "../postgres-wire/errors.js";
import { type Facts, session } from "./session.js";
import { accepts, name, traits } from "./traits.js";

export const postgres: Engine = { name, accepts, traits, classify, connect };

function connect(request: ConnectRequest) {
  return openClient(request, async (client) => session(client, await askFacts(client, request.statementTimeoutMs)));
}

/**
 * Set by a statement, because PgBouncer refuses to take it when connecting. The answer to two statements in one is two
 * results, which pg's types do not know.
 */
async function askFacts(client: Client, statementTimeoutMs: number): Promise<Facts> {
  const results: unknown = await client.query(`SET statement_timeout = ${Math.trunc(statementTimeoutMs)}; ${FACTS}`);
  const facts = (results as Array<{ rows: Facts[] }>)[1]?.rows[0] as Facts;
  if (facts.reader) {
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
         EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles iam ON iam.oid = m.roleid JOIN pg_roles me ON me.oid = m.member
                 WHERE iam.rolname = 'rds_iam' AND me.rolname = session_user) AS iam`;
