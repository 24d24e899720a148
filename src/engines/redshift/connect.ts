import type { Client } from "pg";
import type { ConnectRequest } from "../engine.js";
import { openClient } from "../postgres-wire/connect.js";

/** A connection that is logged in, and what its server said of it. */
export interface Wire {
  readonly client: Client;
  readonly facts: Facts;
}

interface Facts {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
}

export function openWire(request: ConnectRequest): Promise<Wire> {
  return openClient(beginning(request), {}, (client) => wireOf(client, request.statementTimeoutMs));
}

/** What clusters ask for is an md5 hash. */
export function beginning(request: ConnectRequest): ConnectRequest {
  return { mayAskFor: "md5", ...request };
}

/**
 * The first statement, in which nothing is looked up by a name, shuts out what a database's owner made there: names of
 * functions and views are the cluster's own from then on. Temporary tables are the session's own.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_search_path.html
 */
export const OWN_NAMES = "SET search_path TO pg_catalog";

export async function wireOf(client: Client, statementTimeoutMs: number): Promise<Wire> {
  await client.query(OWN_NAMES);
  await client.query(`SET statement_timeout TO ${Math.trunc(statementTimeoutMs)}`);
  const { rows } = await client.query<Facts>(
    'SELECT session_user::text AS login, current_user::text AS "actingAs", version() AS "serverVersion"',
  );
  const facts = rows[0] as Facts;
  const [, version] = /Redshift ([\d.]+)/.exec(facts.serverVersion) ?? [];
  return { client, facts: { ...facts, serverVersion: version ?? facts.serverVersion } };
}
