import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { baseNamed, pairOf } from "../pairs.js";
import { markerOf } from "./marks.js";
import { traits } from "./traits.js";
import { groupsOf } from "./users.js";

/** A login is the clone of the one that it is called after where both are members of their group. Any other is a base. */
export async function pair(client: Client, login: string): Promise<Pair> {
  const base = baseNamed(login);
  const isMarked = base !== undefined && (await groupsOf(client, login)).includes(markerOf(base));
  return pairOf(login, isMarked ? base : undefined, traits);
}
