import { KeyturnError } from "../../../src/errors.js";
import type { SecretDescription, SecretStore, StoredVersion } from "../../../src/rotation/ports.js";
import type { Happens } from "../imagined.js";

/**
 * Secrets Manager in memory: labels move as AWS moves them. `secrets`: by ARN. `values`: by version id, an object as JSON,
 * `null` for a binary one, `undefined` for a version that is empty.
 */
export function secretStore(
  secrets: Readonly<Record<string, SecretDescription>>,
  values: Readonly<Record<string, unknown>>,
  happens: Happens,
) {
  const labels = new Map(Object.entries(secrets).map(([arn, { versions }]) => [arn, labelsOf(versions)]));
  const texts = new Map(Object.entries(values).map(([id, value]) => [id, textOf(value)]));

  const carrier = (arn: string, label: string) => labels.get(arn)?.get(label);
  const move = (arn: string, label: string, to: string) => void labels.get(arn)?.set(label, to);
  const found = (id: string): [string, SecretDescription] => {
    const entry = Object.entries(secrets).find(([arn, { name }]) => id === arn || id === name);
    if (entry) return entry;
    throw new KeyturnError("InvalidSecretError", { code: "SecretNotFound", message: "There is no such secret." });
  };
  const stored = (secretArn: string, versionId: string): StoredVersion => {
    const secretName = found(secretArn)[1].name;
    return { secretArn, secretName, versionId, text: texts.get(versionId) ?? undefined };
  };
  const current = (arn: string) => stored(arn, carrier(arn, "AWSCURRENT") ?? "none");

  const store: SecretStore = {
    async describe(id) {
      const [arn, description] = found(id);
      return { ...description, versions: versionsOf(labels.get(arn) ?? new Map()) };
    },
    current: async (arn) => current(arn),
    currentOf: async (arns) => arns.map(current),
    version: async (arn, id) => (texts.get(id) === undefined ? undefined : stored(arn, id)),
    async putPending(arn, id, value) {
      await happens(`store ${id}`);
      if (texts.has(id) && texts.get(id) !== value) return "taken";
      texts.set(id, value);
      move(arn, "AWSPENDING", id);
      return "stored";
    },
    async moveCurrent(arn, { from, to }) {
      await happens(`move AWSCURRENT to ${to}`);
      if (carrier(arn, "AWSCURRENT") !== from) return { moved: false };
      move(arn, "AWSCURRENT", to);
      move(arn, "AWSPREVIOUS", from);
      return { moved: true };
    },
    async keep(arn, label, { from, to }) {
      await happens(`keep ${label} on ${to}`);
      const at = carrier(arn, label);
      // As AWS, which wants to be told where a label is that is to be moved.
      if (at !== undefined && at !== to && at !== from) throw new Error(`${label} is on ${at}`);
      move(arn, label, to);
    },
    async drop(arn, label, id) {
      await happens(`drop ${label} from ${id}`);
      if (carrier(arn, label) === id) labels.get(arn)?.delete(label);
    },
  };
  return {
    store,
    move,
    put: (id: string, value: unknown) => void texts.set(id, textOf(value)),
    text: (id: string) => texts.get(id),
    versions: (arn: string) => versionsOf(labels.get(arn) ?? new Map()),
  };
}

function textOf(value: unknown): string | null | undefined {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as string | null | undefined);
}

function labelsOf(versions: SecretDescription["versions"]): Map<string, string> {
  return new Map(Object.entries(versions).flatMap(([id, labels]) => labels.map((label) => [label, id] as const)));
}

function versionsOf(labels: ReadonlyMap<string, string>): Record<string, string[]> {
  const versions: Record<string, string[]> = {};
  for (const [label, id] of labels) versions[id] = [...(versions[id] ?? []), label].sort();
  return versions;
}
