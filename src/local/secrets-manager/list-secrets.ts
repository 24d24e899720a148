import { filters, passes } from "./filters.js";
import { flag, oneOf } from "./input.js";
import { maxResults, nextToken } from "./members.js";
import { serviceOperation } from "./operation.js";
import { page } from "./paging.js";
import type { Secret } from "./secret.js";
import { secretListEntry } from "./secret-details.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export const listSecrets = serviceOperation(
  {
    Filters: filters,
    IncludePlannedDeletion: flag(),
    MaxResults: maxResults(100),
    NextToken: nextToken,
    SortBy: oneOf("created-date", "last-accessed-date", "last-changed-date", "name"),
    SortOrder: oneOf("asc", "desc"),
  },
  async (context, input) => {
    const { region } = context.surroundings;
    const all = await context.secrets.all();
    const shown = all.filter((secret) => {
      const visible = input.IncludePlannedDeletion || secret.deletedAt === undefined;
      return visible && passes(secret, input.Filters ?? [], region);
    });
    const sorted = sort(shown, input.SortBy ?? "created-date", input.SortOrder ?? "desc");
    const { items, next } = page(sorted, ({ arn }) => arn, input);
    return { SecretList: items.map((secret) => secretListEntry(context, secret)), NextToken: next };
  },
);

const SORT_KEYS = {
  "created-date": ({ createdAt }: Secret) => createdAt,
  "last-accessed-date": ({ accessedAt = 0 }: Secret) => accessedAt,
  "last-changed-date": ({ changedAt }: Secret) => changedAt,
  name: ({ name }: Secret) => name,
};

/** Secrets with equal keys stand by name, so that pages are cut the same way each time. */
function sort(secrets: readonly Secret[], by: keyof typeof SORT_KEYS, order: "asc" | "desc"): Secret[] {
  const key = SORT_KEYS[by];
  const sign = order === "asc" ? 1 : -1;
  return secrets.toSorted((a, b) => sign * (compare(key(a), key(b)) || compare(a.name, b.name)));
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
