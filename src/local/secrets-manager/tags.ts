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
  tags: Tags,
  added: ReadonlyArray<{ readonly Key: string; readonly Value: string }>,
  byService = false,
): Tags {
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

/** Tags in the shape of the API; nothing where there are none, as AWS leaves the list out. */
export function tagList(tags: Tags): Array<{ Key: string; Value: string }> | undefined {
  const all = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return all.length > 0 ? all : undefined;
}

export const tagResource = secretOperation({ Tags: needed(tags) }, async (context, secret, input) => {
  await change(context, secret, { ...secret, tags: withTags(secret.tags, input.Tags) });
  return {};
});

export const untagResource = secretOperation({ TagKeys: needed(list(tagKey)) }, async (context, secret, input) => {
  const kept = Object.entries(secret.tags).filter(([key]) => !input.TagKeys.includes(key));
  await change(context, secret, { ...secret, tags: Object.fromEntries(kept) });
  return {};
});
