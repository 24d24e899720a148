import { invalidParameter } from "./errors.js";
import { list, oneOf, structure, text } from "./input.js";
import type { Secret } from "./secret.js";

const KEYS = ["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"] as const;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
export const filters = list(
  structure({
    Key: oneOf(...KEYS),
    Values: list(text({ max: 512, pattern: /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/ }), { min: 1, max: 10 }),
  }),
  { max: 10 },
);

/** A filter of ListSecrets and BatchGetSecretValue, in the shape of the API. */
export interface Filter {
  readonly Key?: (typeof KEYS)[number] | undefined;
  readonly Values?: readonly string[] | undefined;
}

/**
 * Whether a secret passes every filter. A filter passes if one of its values matches and none of its negated values
 * (`!…`) does. Tag keys and tag values are not paired: a secret with two tags can pass with the key of one and the
 * value of the other.
 */
export function passes(secret: Secret, filters: readonly Filter[], region: string): boolean {
  return filters.every(({ Key, Values }) => {
    if (!Key || !Values) throw invalidParameter("A filter needs a Key and Values.");
    const matches = (value: string) => MATCHERS[Key](secret, value, region);
    const wanted = Values.filter((value) => !value.startsWith("!"));
    const unwanted = Values.filter((value) => value.startsWith("!")).map((value) => value.slice(1));
    return !unwanted.some(matches) && (wanted.length === 0 || wanted.some(matches));
  });
}

const MATCHERS: Record<(typeof KEYS)[number], (secret: Secret, value: string, region: string) => boolean> = {
  name: ({ name }, value) => name.startsWith(value),
  description: ({ description = "" }, value) => description.toLowerCase().startsWith(value.toLowerCase()),
  "tag-key": ({ tags = {} }, value) => Object.keys(tags).some((key) => key.startsWith(value)),
  "tag-value": ({ tags = {} }, value) => Object.values(tags).some((tag) => tag.startsWith(value)),
  "primary-region": ({ replicas }, value, region) => replicas.length > 0 && region.startsWith(value),
  "owning-service": ({ owningService }, value) => owningService?.startsWith(value) ?? false,
  all: ({ name, description = "", tags = {} }, value) => {
    const texts = [name, description, ...Object.entries(tags).flat()];
    const words = texts.flatMap(wordsOf);
    return wordsOf(value).some((word) => words.some((other) => other.startsWith(word)));
  },
};

/** `credsDatabase#892` → creds, database, 892: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html */
function wordsOf(text: string): string[] {
  return (text.match(/[A-Z]*[a-z]+|[A-Z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}
