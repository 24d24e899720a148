import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { baseNamed } from "../pairs.js";
import {
  adminItself,
  ambiguousPair,
  baseNotMarked,
  cloneMissing,
  cloneNameTaken,
  notOfPair,
  superuser,
  unknownUser,
} from "../refusals.js";
import { markerOf } from "./marks.js";
import { stored } from "./names.js";
import { readUser, type User } from "./users.js";

/** What the cluster says of two users that it knows as a pair. */
export interface Known {
  readonly base: User;
  /** Absent where it is to be made. */
  readonly clone: User | undefined;
}

/** Refuses what would take something over, before anything is changed. `mayMake`: the clone is made where there is none. */
export async function check(
  client: Client,
  admin: string,
  pair: Pair,
  { mayMake }: { mayMake: boolean },
): Promise<Known> {
  if ([pair.base, pair.clone, pair.next].some((name) => stored(name) === stored(admin))) throw adminItself(admin);
  if (pair.next !== pair.base && pair.next !== pair.clone) throw notOfPair("user", pair.next);
  const base = await readUser(client, pair.base);
  const clone = await readUser(client, pair.clone);
  if (!base) throw unknownUser("user", pair.base, "on the admin's cluster");
  if (base.superuser || clone?.superuser) throw superuser(base.superuser ? pair.base : pair.clone, "CREATEUSER");
  const original = baseNamed(pair.base);
  if (original !== undefined && (await readUser(client, original)))
    throw ambiguousPair("user", pair.base, howToMark(client, original, pair.base));
  if (!clone && !mayMake) throw cloneMissing(pair.clone);
  const marker = markerOf(pair.base);
  if (clone && !(pair.clone === pair.base + SUFFIX && clone.groups.includes(marker)))
    throw cloneNameTaken("user", pair.clone, howToMark(client, pair.base, pair.clone));
  if (clone && !base.groups.includes(marker)) {
    const [group, user] = [marker, pair.base].map((name) => client.escapeIdentifier(name));
    throw baseNotMarked("user", pair.base, pair.clone, `ALTER GROUP ${group} ADD USER ${user};`);
  }
  return { base, clone };
}

function howToMark(client: Client, base: string, clone: string): string {
  const [group, ...users] = [markerOf(base), base, clone].map((name) => client.escapeIdentifier(name));
  return `CREATE GROUP ${group} WITH USER ${users.join(", ")};`;
}
