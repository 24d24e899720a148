import type { Pair } from "../engine.js";
import type { Wire } from "../mysql-wire/connect.js";
import { baseNamed, pairOf } from "../pairs.js";
import { markOf } from "./marks.js";
import { traits } from "./traits.js";

/** A login is the clone of the one that it is called after where it has been granted their mark. Any other is a base. */
export async function pair(wire: Wire): Promise<Pair> {
  const { user } = wire.account;
  const base = baseNamed(user);
  return pairOf(user, base !== undefined && (await isCloneOf(wire, base)) ? base : undefined, traits);
}

async function isCloneOf({ account, query }: Wire, base: string): Promise<boolean> {
  const rows = await query<{ role: string; grantee: string }>(
    "SELECT ROLE_NAME AS role, GRANTEE AS grantee FROM information_schema.APPLICABLE_ROLES WHERE IS_GRANTABLE = 'NO'",
  );
  const own = `${account.user}@${account.host}`;
  return rows.some(({ role, grantee }) => role === markOf(base).name && grantee === own);
}
