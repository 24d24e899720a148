import { isElsewhere } from "../accounts.js";
import type { OutsideChange } from "../ledger.js";
import { firstOf } from "../lock.js";
import type { World } from "../ports.js";
import { settingsFrom } from "../settings.js";
import { versionIdOf } from "../version-id.js";

/** What Secrets Manager tells when AWSCURRENT moves. */
export interface LabelMoved {
  readonly secretArn: string;
  readonly versionId: string;
  /** ISO 8601. */
  readonly at: string;
}

export type Noticed =
  | {
      readonly decision: "ignore";
      readonly reason: "NotManaged" | "FirstVersion" | "Own" | "NotCurrent" | "NoticedAlready";
    }
  | { readonly decision: "announce"; readonly change: OutsideChange };

/**
 * Tells a move of AWSCURRENT that Keyturn made from one that somebody else did, and writes that one down. Called again for
 * the same move it says nothing twice.
 */
export async function noticeMove(world: World, { secretArn: arn, versionId, at }: LabelMoved): Promise<Noticed> {
  const ignore = (reason: Extract<Noticed, { decision: "ignore" }>["reason"]): Noticed => ({
    decision: "ignore",
    reason,
  });
  // Secrets Manager tells the account of a secret alone.
  if (isElsewhere(arn, world.rules)) return ignore("NotManaged");
  // Without a call of Secrets Manager where that will do: it tells of every rotation, too.
  const { holder, last, seed = "", versionId: writes } = await world.ledger.look(arn);
  if (holder?.purpose === "rotation" && (writes ?? versionIdOf(seed, firstOf(holder))) === versionId)
    return ignore("Own");
  if (last?.madeCurrent === versionId) return ignore("Own");
  const { name, tags, versions } = await world.secrets.describe(arn);
  if (!settingsFrom(tags, world.rules)) return ignore("NotManaged");
  const carriers = (label: string) => Object.keys(versions).filter((id) => versions[id]?.includes(label));
  const [previousVersionId] = carriers("AWSPREVIOUS");
  if (!previousVersionId) return ignore("FirstVersion");
  if (!carriers("AWSCURRENT").includes(versionId)) return ignore("NotCurrent");
  const change: OutsideChange = { secretArn: arn, secretName: name, versionId, previousVersionId, changedAt: at };
  const { recorded } = await world.ledger.recordChange(change);
  return recorded ? { decision: "announce", change } : ignore("NoticedAlready");
}
