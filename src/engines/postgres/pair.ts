import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { baseNamed, pairOf } from "../pairs.js";
import { markOf, retiredMarkOf } from "./marks.js";
import { traits } from "./traits.js";

/** A login is the clone of the one that it is called after where its role is marked as that. Any other is a base. */
export async function pair(client: Client, login: string): Promise<Pair> {
  const base = baseNamed(login);
  return pairOf(login, base !== undefined && (await isMarked(client, login, base)) ? base : undefined, traits);
}

async function isMarked(client: Client, login: string, base: string): Promise<boolean> {
  const { rows } = await client.query<{ mark: string | null }>(
    "SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_catalog.pg_roles WHERE rolname = $1",
    [login],
  );
  return [markOf(base), retiredMarkOf(base)].includes(rows[0]?.mark ?? "");
}
