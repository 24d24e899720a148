import type { OutsideChange } from "./ledger.js";
import type { World } from "./ports.js";
import { settingsFrom } from "./settings.js";

/** What Secrets Manager tells when AWSCURRENT moves. */
export interface LabelMoved {
  /** Name or ARN. */
  readonly secretId: string;
  readonly versionId: string;
  /** ISO 8601. */
  readonly at: string;
}

export type Noticed =
  | { readonly decision: "look again" }
  | {
      readonly decision: "ignore";
      readonly reason: "NotManaged" | "FirstVersion" | "Own" | "NotCurrent" | "NoticedAlready";
    }
  | { readonly decision: "announce"; readonly change: OutsideChange };

/**
 * Tells a move of AWSCURRENT that Keyturn made from one that somebody else did, and writes that one down. `look again`:
 * a rotation is under way, and its record will say. Called again for the same move it says nothing twice.
 */
export async function noticeMove(world: World, { secretId, versionId, at }: LabelMoved): Promise<Noticed> {
  const { arn, name, tags, versions } = await world.secrets.describe(secretId);
  const ignore = (reason: Extract<Noticed, { decision: "ignore" }>["reason"]): Noticed => ({
    decision: "ignore",
    reason,
  });
  if (!settingsFrom(tags)) return ignore("NotManaged");
  const carriers = (label: string) => Object.keys(versions).filter((id) => versions[id]?.includes(label));
  const [previousVersionId] = carriers("AWSPREVIOUS");
  if (!previousVersionId) return ignore("FirstVersion");
  if (await world.ledger.madeCurrent(arn, versionId)) return ignore("Own");
  const holder = await world.ledger.holder(arn);
  if (holder?.purpose === "rotation") return { decision: "look again" };
  if (!carriers("AWSCURRENT").includes(versionId)) return ignore("NotCurrent");
  const change: OutsideChange = { secretArn: arn, secretName: name, versionId, previousVersionId, changedAt: at };
  const { recorded } = await world.ledger.recordChange(change);
  return recorded ? { decision: "announce", change } : ignore("NoticedAlready");
}
