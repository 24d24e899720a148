import type { Client } from "pg";
import type { Engine, Session } from "../engine.js";
import { openClient } from "../postgres-wire/connect.js";
import { classify } from "../postgres-wire/errors.js";
import { type Facts, session } from "./session.js";
import { accepts, name, traits } from "./traits.js";

export const redshift: Engine = {
  name,
  accepts,
  traits,
  classify,
  connect: (request) => openClient(request, (client) => openSession(client, request.statementTimeoutMs)),
};

export async function openSession(client: Client, statementTimeoutMs: number): Promise<Session> {
  return session(client, await askFacts(client, statementTimeoutMs));
}

async function askFacts(client: Client, statementTimeoutMs: number): Promise<Facts> {
  await client.query(`SET statement_timeout TO ${Math.trunc(statementTimeoutMs)}`);
  const { rows } = await client.query<Facts>(
    'SELECT session_user::text AS login, current_user::text AS "actingAs", version() AS "serverVersion"',
  );
  const facts = rows[0] as Facts;
  const [, version] = /Redshift ([\d.]+)/.exec(facts.serverVersion) ?? [];
  return { ...facts, serverVersion: version ?? facts.serverVersion };
}
