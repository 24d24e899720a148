import type { Pair } from "../engine.js";
import type { Accounts } from "./users.js";

/**
 * A role without a right, made for one pair, with both as members: the server has no other place to say that a login is the
 * clone of another, and a name alone says nothing. The base is a member because memberships end with a login: one that is
 * made anew under its name, perhaps for somebody else, is no base of the clone that was left behind. Who makes members of a
 * role is an admin: of the server, or of the contained database that keeps both.
 */
export function markerOf(base: string): string {
  return `keyturn_${base}`;
}

/**
 * Whose members Keyturn has not made ready: a base while it is retired, which tells a login that we barred from one that a
 * person did; a clone until it has all that it is made with.
 */
export function unreadyMarkerOf(base: string): string {
  return `keyturn_off_${base}`;
}

/** Before there is a clone: one that is not whole leaves a base that is marked. */
export async function markBase(accounts: Accounts, { base }: Pair): Promise<void> {
  if (!(await accounts.isMarked(base, markerOf(base)))) await accounts.mark(base, markerOf(base));
}

/** As one that is not ready first, so that no try takes it for a clone that has had a turn. */
export async function markClone(accounts: Accounts, { base, clone }: Pair): Promise<void> {
  await accounts.mark(clone, unreadyMarkerOf(base));
  await accounts.mark(clone, markerOf(base));
}
