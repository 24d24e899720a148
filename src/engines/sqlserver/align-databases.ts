import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import type { Changes } from "../pairs.js";
import { DATABASES } from "./catalog.js";
import type { Wire } from "./connect.js";
import { database, ownsDatabase } from "./database.js";
import { queryIn } from "./statement.js";

/** The databases in which either of a pair has a user. */
export interface Databases {
  /** That must be brought in line. */
  readonly must: readonly string[];
  /** That are, where nothing stands against it. */
  readonly may: readonly string[];
  /** That are left alone, each with the reason. */
  readonly left: readonly string[];
}

/**
 * Any owner of a database makes users of his for any login, and puts into it what stops an admin. So an admin works only where
 * it is itself a user. Of those it insists on the secret's own database, which no neighbour names; and on all of them until the
 * clone has had its turn, so that a clone never lacks from the start what a person meant it to have. Later a database that
 * stops it (an owner may invite the admin, too) is reported, and the clone has there what it had before.
 *
 * Throws, before anything is changed, what keeps the admin from one that must be brought in line. `turned`: whether the clone
 * has had a turn.
 */
export async function databasesOf(wire: Wire, pair: Pair, { turned }: { turned: boolean }): Promise<Databases> {
  const [must, may, left]: [string[], string[], string[]] = [[], [], []];
  const all = await wire.query<{ name: string; owned?: number }>(queryIn("master", DATABASES, pair.base));
  const owned = all.find((one) => one.owned === 1);
  if (owned) throw ownsDatabase(pair.base, owned.name);
  for (const { name } of all) {
    const place = database(wire, name);
    const own = name === wire.facts.database;
    try {
      const invited = await place.invites();
      if (!own && !invited && (await isOthers(place, pair))) left.push(`${name}: the admin is no user there`);
      if ((!own && !invited) || !(await place.concerns(pair))) continue;
      if (own || !turned) await place.guard();
      (own || !turned ? must : may).push(name);
    } catch (error) {
      if (own || !turned) throw error;
      left.push(`${name}: ${reasonOf(error)}`);
    }
  }
  return { must, may, left };
}

/** Of a database in which the admin is a guest, whatever it says. */
function isOthers(place: ReturnType<typeof database>, pair: Pair): Promise<boolean> {
  return place.concerns(pair).catch((error: unknown) => {
    reasonOf(error);
    return true;
  });
}

/** Brings the users of the pair in line there. */
export async function alignDatabases(wire: Wire, pair: Pair, { must, may, left }: Databases): Promise<Changes> {
  const granted: string[] = [];
  const revoked: string[] = [];
  const stopped: string[] = [];
  const align = async (name: string) => {
    const changes = await database(wire, name).alignLogins(pair);
    granted.push(...changes.granted);
    revoked.push(...changes.revoked);
  };
  for (const name of must) await align(name);
  for (const name of may) {
    try {
      await database(wire, name).guard();
      await align(name);
    } catch (error) {
      stopped.push(`${name}: ${reasonOf(error)}`);
    }
  }
  return { granted, revoked, left: [...left, ...stopped] };
}

/** In identifiers and numbers only. Throws what is no server's answer: the connection is gone, or too slow. */
export function reasonOf(error: unknown): string {
  const { number } = error as { number?: number };
  if (error instanceof KeyturnError) return error.code;
  if (number) return `error ${number}`;
  throw error;
}
