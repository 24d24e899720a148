import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest } from "../engine.js";
import { errorOf, READER_ENDPOINT } from "../error-rows.js";
import { openClient } from "../postgres-wire/connect.js";
import { poolerInFront } from "../postgres-wire/errors.js";
import type { Proof } from "../postgres-wire/log-in.js";

/** A connection that is logged in, and what its server said of it. */
export interface Wire {
  readonly client: Client;
  readonly facts: Facts;
  /** Logs in once more, to a session with the settings that the server gives this login. */
  asTheLoginWould(work: (client: Client) => Promise<void>): Promise<void>;
}

export interface Facts {
  readonly login: string;
  readonly actingAs: string;
  readonly serverVersion: string;
  /** `scram-sha-256`, `md5`, or `on` in servers before 10: a setting that the session's database or login may have. */
  readonly encryption: string;
  readonly proof: Proof;
  readonly reader: boolean;
}

/**
 * Names are looked up in the server's own schema, and in the session's own temporary one for tables at most, so that
 * nothing that a database's owner made there can stand for what Keyturn means. What the other two pin is how our
 * statements and their answers are written. https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
 */
const OWN = { search_path: "pg_catalog,pg_temp", standard_conforming_strings: "on", DateStyle: "ISO" };

export function openWire(request: ConnectRequest): Promise<Wire> {
  const timeout = { statement_timeout: String(Math.trunc(request.statementTimeoutMs)) };
  return openClient(request, { settings: { ...OWN, ...timeout } }, async (client, proof) => ({
    client,
    facts: { ...(await askFacts(client, request)), proof },
    asTheLoginWould: (work) => openClient(request, { settings: timeout }, work),
  }));
}

/** Asks in full names and without an operator, because the answer says whether the session's settings are ours. */
async function askFacts(client: Client, { target }: ConnectRequest): Promise<Omit<Facts, "proof">> {
  const { rows } = await client.query<Asked>(FACTS);
  const { pid, path, ...facts } = rows[0] as Asked;
  // A pooler's sessions are shared: the server's process is not the one that was told when connecting.
  if (pid !== (client as Client & { processID: number | null }).processID) throw poolerInFront();
  if (path.replaceAll(" ", "") !== OWN.search_path) {
    throw new KeyturnError("UnsupportedError", {
      code: "SettingsIgnored",
      message:
        "The server, or what stands before it, ignores the settings with which Keyturn begins a session, so that code of a " +
        "database's owner could run in it. Put the server's own end point into the secret as \"host\".",
    });
  }
  if (facts.reader && !target.reader) throw errorOf(READER_ENDPOINT);
  return facts;
}

interface Asked extends Omit<Facts, "proof"> {
  readonly pid: number;
  readonly path: string;
}

const FACTS = `
  SELECT session_user::pg_catalog.text AS login, current_user::pg_catalog.text AS "actingAs",
         pg_catalog.current_setting('server_version') AS "serverVersion",
         pg_catalog.current_setting('password_encryption') AS encryption,
         pg_catalog.current_setting('search_path') AS path,
         pg_catalog.pg_is_in_recovery() AS reader, pg_catalog.pg_backend_pid() AS pid`;
