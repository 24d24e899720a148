import type { TimelineRequest } from "../../aws/overview/timeline.js";
import type { SecretStatus } from "../../overview/secret-status.js";
import type { Happening, TimelinePage } from "../../overview/timeline.js";
import type { Audited, AuditSearch } from "../desk.js";

/**
 * Records are kept by secret and time, and there is no index over all secrets: a search reads those of so many, whose
 * names fit. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-query-scan.html
 */
const MOST_SECRETS = 50;
/** Of one secret, of each kind. */
const MOST_RECORDS = 100;
const MOST_SHOWN = 200;
const AT_ONCE = 10;
const DAY_MS = 86_400_000;

/** Searches the records; `secrets`: all that there are. A day that is none counts as not said. */
export async function searchAudit(
  secrets: readonly SecretStatus[],
  read: (request: TimelineRequest) => Promise<TimelinePage>,
  search: AuditSearch,
): Promise<Audited> {
  const name = search.secret.toLowerCase();
  const fitting = secrets
    .filter((one) => one.name.toLowerCase().includes(name) || one.arn === search.secret)
    // Those to which something happened last.
    .toSorted((a, b) => happenedAt(b) - happenedAt(a));
  const looked = fitting.slice(0, MOST_SECRETS);
  const [from, end] = [dayOf(search.from), dayOf(search.to)];
  const before = end === undefined ? {} : { before: new Date(end + DAY_MS).toISOString() };
  const pages = await inTurns(looked, ({ arn }) => read({ secretArn: arn, limit: MOST_RECORDS, ...before }));
  const found = pages
    .flatMap(({ happenings }) => happenings)
    .filter((one) => (from === undefined || Date.parse(one.at) >= from) && matches(one, search))
    .toSorted((a, b) => b.at.localeCompare(a.at));
  const hasMore = pages.some(
    ({ next, happenings }) =>
      next !== undefined && (from === undefined || Date.parse(happenings.at(-1)?.at ?? "") >= from),
  );
  return {
    happenings: found.slice(0, MOST_SHOWN),
    looked: looked.length,
    of: fitting.length,
    isCut: hasMore || found.length > MOST_SHOWN,
  };
}

function happenedAt({ since, failure }: SecretStatus): number {
  return Math.max(Date.parse(since), failure ? Date.parse(failure.at) : 0);
}

function dayOf(text: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function matches(happening: Happening, { outcome, reason }: AuditSearch): boolean {
  const record: { readonly outcome?: string; readonly reason?: string } =
    happening.kind === "change" ? { outcome: "changed outside" } : happening.record;
  return (!outcome || record.outcome === outcome) && (!reason || record.reason?.toLowerCase() === reason.toLowerCase());
}

async function inTurns<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
}
