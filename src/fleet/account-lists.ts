import { KeyturnError } from "../errors.js";
import type { Waiting } from "./laps.js";
import type { ListSecrets } from "./page.js";

/** An account whose secrets a run has, and their list. */
export interface Listed {
  /** Twelve digits. */
  readonly account: string;
  readonly list: ListSecrets;
}

/**
 * The lists of several accounts as one: the deployment's own, then the others by their numbers. A token says which account it
 * is at; where that was taken out of the setting since, the next by number follows. An account that cannot be listed is passed
 * over, and said so, whatever the reason: it must not hold up the others. `tell`: is told why.
 */
export function listOfAll(
  own: Listed,
  others: readonly Listed[],
  tell: (account: string, error: unknown) => void,
): ListSecrets {
  const sorted = others.toSorted((a, b) => (a.account < b.account ? -1 : 1));
  return async (token) => {
    const at = placeOf(token) ?? { account: own.account, ...(token === undefined ? {} : { token }) };
    const isOwn = at.account === own.account;
    const listed = isOwn ? own : sorted.find(({ account }) => account === at.account);
    const after = isOwn ? sorted[0] : sorted.find(({ account }) => account > at.account);
    const next = after ? { nextToken: `${after.account}:` } : {};
    // Named no more since the page before.
    if (!listed) return { secrets: [], ...next };
    const { account, list } = listed;
    try {
      const { secrets, nextToken } = await list(at.token);
      return {
        secrets: isOwn ? secrets : secrets.map((secret) => ({ ...secret, account })),
        ...(nextToken ? { nextToken: `${account}:${nextToken}` } : next),
      };
    } catch (error) {
      if (isOwn) throw error;
      tell(account, error);
      return { secrets: [], unreachable: unreachable(account, error), ...next };
    }
  };
}

/** One that was handed on before there were other accounts is of the own one. */
function placeOf(token = ""): { account: string; token?: string } | undefined {
  const [, account, rest] = /^(\d{12}):(.*)$/s.exec(token) ?? [];
  return account ? { account, ...(rest ? { token: rest } : {}) } : undefined;
}

const UNREACHABLE = "AccountUnreachable";

const REASON = new RegExp(`^${UNREACHABLE}:(\\d{12})(?::\\w+)?$`);

/**
 * As what an account that could not be listed is counted, among those that were left out. Where it was not for the role, which
 * its owner would have to mend, the reason says what it was: `AccountUnreachable:111122223333:Throttled`.
 */
export function unreachable(account: string, error: unknown): string {
  const code = error instanceof KeyturnError ? error.code : "Unexpected";
  return `${UNREACHABLE}:${account}${code === UNREACHABLE ? "" : `:${code}`}`;
}

/** The accounts among the reasons of a run. */
export function unreachableIn(byReason: Waiting): string[] {
  return Object.keys(byReason).flatMap((reason) => REASON.exec(reason)?.[1] ?? []);
}

/** Of accounts that could not be listed those that a run has not counted yet: in a later lap it may be for another cause. */
export function newlyUnreached(unreached: Waiting, counted: Waiting): Waiting {
  const known = unreachableIn(counted);
  return Object.fromEntries(
    Object.entries(unreached).filter(([reason]) => !unreachableIn({ [reason]: 1 }).some((one) => known.includes(one))),
  );
}

/** Those among what was left out, which count as failed; and the rest. */
export function withoutUnreachable(leftOut: Waiting): { readonly unreached: Waiting; readonly leftOut: Waiting } {
  const parts = Object.entries(leftOut);
  const isOne = ([reason]: readonly [string, number]) => reason.startsWith(`${UNREACHABLE}:`);
  return {
    unreached: Object.fromEntries(parts.filter(isOne)),
    leftOut: Object.fromEntries(parts.filter((one) => !isOne(one))),
  };
}
