import type { Draft, Offered } from "./draft.js";

export type Tags = Readonly<Record<string, string>>;

/** The tags that were asked for, and those by which Keyturn knows the secret. */
export function tagsOf(draft: Draft, { stage }: Pick<Offered, "stage">): Tags {
  const { schedule, strategy, adminFor = [] } = draft;
  return {
    ...Object.fromEntries((draft.tags ?? []).map(parseTag)),
    ...(schedule || adminFor.length > 0 ? { "keyturn:stage": stage } : {}),
    ...(schedule ? { "keyturn:schedule": schedule } : {}),
    ...(schedule && strategy ? { "keyturn:strategy": strategy } : {}),
    ...(adminFor.length > 0 ? { "keyturn:admin": adminFor.join(" ") } : {}),
  };
}

/** `team=payments`; what stands behind the first `=` is the value. */
export function parseTag(text: string): [key: string, value: string] {
  const at = text.indexOf("=");
  return at < 0 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
