import type { Client } from "pg";
import type { ConnectRequest, Engine, Session } from "../engine.js";
import { openClient } from "../postgres-wire/connect.js";
import { classify } from "../postgres-wire/errors.js";
import { type Facts, session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";

export const redshift: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: (request) => openClient(beginning(request), {}, (client) => openSession(client, request.statementTimeoutMs)),
};

/** What clusters ask for is an md5 hash. */
export function beginning(request: ConnectRequest): ConnectRequest {
  return { mayAskFor: "md5", ...request };
}

export async function openSession(client: Client, statementTimeoutMs: number): Promise<Session> {
  return session(client, await askFacts(client, statementTimeoutMs));
}

/**
 * The first statement, in which nothing is looked up by a name, shuts out what a database's owner made there: names of
 * functions and views are the cluster's own from then on. Temporary tables are the session's own.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_search_path.html
 */
export const OWN_NAMES = "SET search_path TO pg_catalog";

async function askFacts(client: Client, statementTimeoutMs: number): Promise<Facts> {
  await client.query(OWN_NAMES);
  await client.query(`SET statement_timeout TO ${Math.trunc(statementTimeoutMs)}`);
  const { rows } = await client.query<Facts>(
    'SELECT session_user::text AS login, current_user::text AS "actingAs", version() AS "serverVersion"',
  );
  const facts = rows[0] as Facts;
  const [, version] = /Redshift ([\d.]+)/.exec(facts.serverVersion) ?? [];
  return { ...facts, serverVersion: version ?? facts.serverVersion };
}
