import type { Waiting } from "./laps.js";
import type { ListSecrets } from "./page.js";

/** An account whose secrets a run has, and their list. */
export interface Listed {
  /** Twelve digits. */
  readonly account: string;
  readonly list: ListSecrets;
}

/**
 * The lists of several accounts as one: the deployment's own, then the others in their order. A token says which account it is
 * at. An account that cannot be listed is passed over, and said so, whatever the reason: it must not hold up the others.
 * `tell`: is told why.
 */
export function listOfAll(
  own: Listed,
  others: readonly Listed[],
  tell: (account: string, error: unknown) => void,
): ListSecrets {
  const all = [own, ...others];
  return async (token) => {
    const at = placeOf(token) ?? { account: own.account, ...(token === undefined ? {} : { token }) };
    const index = all.findIndex(({ account }) => account === at.account);
    const { account, list } = all[index] ?? {};
    // Named no more since the page before.
    if (!account || !list) return { secrets: [] };
    const after = all[index + 1];
    const next = after ? { nextToken: `${after.account}:` } : {};
    try {
      const { secrets, nextToken } = await list(at.token);
      return {
        secrets: account === own.account ? secrets : secrets.map((secret) => ({ ...secret, account })),
        ...(nextToken ? { nextToken: `${account}:${nextToken}` } : next),
      };
    } catch (error) {
      if (account === own.account) throw error;
      tell(account, error);
      return { secrets: [], unreachable: account, ...next };
    }
  };
}

/** One that was handed on before there were other accounts is of the own one. */
function placeOf(token = ""): { account: string; token?: string } | undefined {
  const [, account, rest] = /^(\d{12}):(.*)$/s.exec(token) ?? [];
  return account ? { account, ...(rest ? { token: rest } : {}) } : undefined;
}

const UNREACHABLE = "AccountUnreachable";

/** As what an account that could not be listed is counted, among those that were left out. */
export function unreachable(account: string): string {
  return `${UNREACHABLE}:${account}`;
}

/** The accounts among the reasons of a run. */
export function unreachableIn(byReason: Waiting): string[] {
  return Object.keys(byReason).flatMap((reason) => new RegExp(`^${UNREACHABLE}:(\\d{12})$`).exec(reason)?.[1] ?? []);
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
