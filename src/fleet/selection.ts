import { carries } from "../rotation/plan/policies.js";
import type { SecretDescription } from "../rotation/ports.js";

/** Which of the secrets that are Keyturn's to use. All that is said must hold; what is not said leaves none out. */
export interface Selection {
  /** Beginnings of names; empty for all. */
  readonly namePrefixes?: readonly string[];
  /** Tags that a secret must carry, with just these values. */
  readonly tags?: Readonly<Record<string, string>>;
  /** ARNs, or names of secrets of the deployment's own account. */
  readonly list?: readonly string[];
}

export interface Selectable extends Pick<SecretDescription, "arn" | "name" | "tags"> {
  /** Whose it is, where that is not the deployment's own account. */
  readonly account?: string;
}

/** Narrows only: what a secret is tagged with besides takes it out, and never brings it in. */
export function isSelected(
  { arn, name, account, tags }: Selectable,
  { namePrefixes = [], tags: wanted = {}, list }: Selection,
): boolean {
  return (
    (namePrefixes.length === 0 || namePrefixes.some((prefix) => name.startsWith(prefix))) &&
    carries(tags, wanted) &&
    (list === undefined || list.includes(arn) || (account === undefined && list.includes(name)))
  );
}
