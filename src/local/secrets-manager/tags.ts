import { change } from "./change.js";
import { invalidParameter } from "./errors.js";
import { list, needed } from "./input.js";
import { tagKey, tags } from "./members.js";
import { secretOperation } from "./operation.js";

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets_tagging.html */
const MAX_TAGS = 50;
const CHARACTERS = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u;

/** The tags with `added` put over them. `byService`: services have tags of their own, `aws:…`. Throws InvalidParameterException for what AWS does not take as a tag. */
export function withTags(
  tags: Tags | undefined,
  added: ReadonlyArray<{ readonly Key: string; readonly Value: string }>,
  byService = false,
): Tags | undefined {
  if (added.length === 0) return tags;
  for (const { Key, Value } of added) {
    if (/^aws:/i.test(Key) && !byService)
      throw invalidParameter(`You can't use the tag key ${Key}: the prefix aws: is reserved.`);
    if (!CHARACTERS.test(Key)) throw invalidParameter(`The tag key ${Key} has characters that are not allowed.`);
    if (!CHARACTERS.test(Value)) {
      throw invalidParameter(`The value of tag ${Key} has characters that are not allowed.`);
    }
  }
  const all = { ...tags, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length > MAX_TAGS) throw invalidParameter(`A secret can have at most ${MAX_TAGS} tags.`);
  return all;
}

/**
 * Tags in the shape of the API. AWS leaves the list out of a secret that never had one, and shows an empty one when the
 * last was taken off: its answers recorded in
 * https://github.com/localstack/localstack/blob/8181a8e/tests/aws/services/secretsmanager/test_secretsmanager.snapshot.json
 * (test_secret_tags).
 */
export function tagList(tags: Tags | undefined): Array<{ Key: string; Value: string }> | undefined {
  return tags && Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
export const tagResource = secretOperation({ Tags: needed(tags) }, async (context, secret, input) => {
  await change(context, secret, { ...secret, tags: withTags(secret.tags, input.Tags) });
  return {};
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html */
export const untagResource = secretOperation({ TagKeys: needed(list(tagKey)) }, async (context, secret, input) => {
  if (!secret.tags) return {};
  const kept = Object.entries(secret.tags).filter(([key]) => !input.TagKeys.includes(key));
  await change(context, secret, { ...secret, tags: Object.fromEntries(kept) });
  return {};
});
