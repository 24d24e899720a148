import { shownName } from "../rotation/accounts.js";
import type { Ledger } from "../rotation/ledger.js";
import type { Rules } from "../rotation/rules.js";
import { type Overdue, overdue } from "./overdue.js";
import type { Fleet, FleetPage, ListSecrets } from "./page.js";

/** Names that are told; the others are counted. */
export const MOST_NAMED = 50;

/** Of each, a list and a batch of reads: half a minute at 100 ms each. The function has two. */
const MOST_LISTS = 150;

/** A page of the look for secrets that are overdue: it starts nothing, and counts them by reason. */
export async function listOverdue(
  { expected = {}, cursor }: Fleet,
  list: ListSecrets,
  ledger: Pick<Ledger, "lastOf">,
  now: Date,
  rules: Rules,
): Promise<FleetPage> {
  const leftOut: Record<string, number> = {};
  const late: Overdue[] = [];
  let token = cursor?.token;
  for (let lists = 0; lists < MOST_LISTS; lists += 1) {
    const { secrets, nextToken } = await list(token);
    const lasts = await ledger.lastOf(secrets.map(({ arn }) => arn));
    for (const secret of secrets) {
      const reason = overdue(secret, lasts.get(secret.arn), expected, now, rules);
      if (!reason) continue;
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      if (late.length < MOST_NAMED) late.push({ secretName: shownName(secret, rules), reason });
    }
    token = nextToken;
    if (!token) break;
  }
  return { items: [], cursor: token ? { token, passed: 0 } : null, concurrency: 1, leftOut, waiting: {}, late };
}
