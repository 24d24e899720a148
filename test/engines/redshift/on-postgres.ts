import { readFile } from "node:fs/promises";
import type { Client } from "pg";
import type { Engine } from "../../../src/engines/engine.js";
import { guarded } from "../../../src/engines/guard.js";
import { openClient } from "../../../src/engines/postgres-wire/connect.js";
import { beginning, wireOf } from "../../../src/engines/redshift/connect.js";
import { redshift } from "../../../src/engines/redshift/engine.js";
import { session } from "../../../src/engines/redshift/session.js";
import { freshName, toolsFor } from "../../../stage/postgres-tools.js";
import type { SharedPostgres } from "../../tools/global-setup.js";

/**
 * No Redshift can be had here. Its engine runs on PostgreSQL, in a database with Redshift's system views made of
 * PostgreSQL's catalogs, and with the two statements that PostgreSQL spells in another way translated: this proves the
 * logic and the statements that both share, and is called "statements only".
 */
export async function redshiftOnPostgres(server: SharedPostgres): Promise<{ database: string; engine: Engine }> {
  const { asSuperuser } = toolsFor(server);
  const database = freshName("redshift");
  await asSuperuser((client) => client.query(`CREATE DATABASE ${database}`));
  await asSuperuser(async (client) => {
    await client.query(await readFile(new URL("views.sql", import.meta.url), "utf8"));
  }, database);
  const engine = guarded({
    ...redshift,
    connect: (request) =>
      openClient(beginning(request), {}, async (client) =>
        session(await wireOf(translated(client), request.statementTimeoutMs)),
      ),
  });
  return { database, engine };
}

function translated(client: Client): Client {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const translate = (sql: unknown) =>
    typeof sql === "string"
      ? sql.replace(/PASSWORD DISABLE$/, "PASSWORD NULL").replace(/^ALTER DEFAULT PRIVILEGES .* ON PROCEDURES .*$/, "")
      : sql;
  return Object.assign(client, { query: (sql: unknown, ...rest: unknown[]) => query(translate(sql), ...rest) });
}
