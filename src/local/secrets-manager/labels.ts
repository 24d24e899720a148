import { invalidParameter, limitExceeded } from "./errors.js";

export const CURRENT = "AWSCURRENT";
export const PENDING = "AWSPENDING";
export const PREVIOUS = "AWSPREVIOUS";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MAX_LABELS_PER_VERSION = 20;

/** Staging label → version id. A map, because a label is on one version at a time. */
export type Labels = Readonly<Record<string, string>>;

/** The version a label is on. A label may be named like a property that every object has. */
export function versionWith(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/** The labels of a version, in alphabetical order: AWS promises none. */
export function labelsOf(labels: Labels, versionId: string): string[] {
  return Object.keys(labels)
    .filter((label) => labels[label] === versionId)
    .sort();
}

/** The labels of a version as AWS shows them: none at all where there are none. */
export function stagesOf(labels: Labels, versionId: string): string[] | undefined {
  const all = labelsOf(labels, versionId);
  return all.length > 0 ? all : undefined;
}

/**
 * What PutSecretValue and UpdateSecret do: `added` come off the versions they were on and go to `versionId`, and the
 * version that loses AWSCURRENT becomes AWSPREVIOUS. AWSPENDING left on that version from its own rotation goes away
 * (seen on AWS, not in its documentation: docs/local-vs-aws/secrets-manager.md).
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function attachLabels(labels: Labels, added: readonly string[], versionId: string): Labels {
  const before = labels[CURRENT];
  const after: Record<string, string> = { ...labels, ...Object.fromEntries(added.map((label) => [label, versionId])) };
  if (before !== undefined && after[CURRENT] !== before) {
    after[PREVIOUS] = before;
    if (after[PENDING] === before) delete after[PENDING];
  }
  return checked(after, versionId);
}

/** The staging label to move, and the versions it goes from and to. */
export interface Move {
  readonly label: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What UpdateSecretVersionStage does: a compare-and-swap. Refused unless `from` is the version that has the label, where
 * the label is on another version than `to`. Moving AWSCURRENT moves AWSPREVIOUS to where it came from.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function moveLabel(labels: Labels, { label, from, to }: Move): Labels {
  const holder = versionWith(labels, label);
  if (from === undefined && to === undefined) {
    throw invalidParameter("You must specify RemoveFromVersionId, MoveToVersionId, or both.");
  }
  if (to === undefined && label === CURRENT) {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
    );
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (from !== undefined && from !== holder) {
    throw invalidParameter(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
    );
  }
  if (holder === to) return labels;

  const { [label]: _, ...rest } = labels;
  if (to === undefined) return rest;
  const moved = { ...rest, [label]: to };
  return checked(label === CURRENT && holder !== undefined ? { ...moved, [PREVIOUS]: holder } : moved, to);
}

function checked(labels: Labels, versionId: string): Labels {
  if (labelsOf(labels, versionId).length > MAX_LABELS_PER_VERSION) {
    throw limitExceeded(`You can't attach more than ${MAX_LABELS_PER_VERSION} staging labels to a version.`);
  }
  return labels;
}
