import type { Reach, SecretDescription } from "./ports.js";

type Versions = SecretDescription["versions"];

/**
 * Labels that keep the two versions of a rotation that needs a person: AWSPENDING moves with the next that is stored, and
 * versions without a label are deleted.
 */
export const KEPT = { current: "KEYTURN_KEPT_CURRENT", pending: "KEYTURN_KEPT_PENDING" } as const;

export async function keepBoth(
  reach: Reach,
  secretArn: string,
  versions: Versions,
  { current, pending }: { current: string; pending: string },
): Promise<void> {
  for (const [label, to] of [
    [KEPT.current, current],
    [KEPT.pending, pending],
  ] as const) {
    const from = carrierOf(versions, label);
    await reach.secrets.keep(secretArn, label, { to, ...(from ? { from } : {}) });
  }
}

/** Which of the labels are there, and on what: to be taken off once the secret is at rest. */
export function keptIn(versions: Versions): Array<{ label: string; versionId: string }> {
  return Object.values(KEPT).flatMap((label) => {
    const versionId = carrierOf(versions, label);
    return versionId ? [{ label, versionId }] : [];
  });
}

function carrierOf(versions: Versions, label: string): string | undefined {
  return Object.keys(versions).find((id) => versions[id]?.includes(label));
}
