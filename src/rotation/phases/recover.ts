import { KeyturnError } from "../../errors.js";
import { currentOf } from "../credentials.js";
import { keepBoth } from "../kept-labels.js";
import { planRotation, UNCHECKED } from "../plan/rotation.js";
import type { RecoverPlan } from "../plans.js";
import type { Reach, SecretDescription } from "../ports.js";
import { mayAskFor } from "../rules.js";
import { type SecretSettings, settingsFrom } from "../settings.js";
import { isForeign, labelled, leftAlone, type RollBackReport, rollBack } from "./roll-back.js";

/**
 * As `rollBack`, for an execution whose plan died with it: what it was doing is planned again from labels, tags and
 * AWSCURRENT, by the same function as before every rotation.
 */
export async function recover(reach: Reach, plan: RecoverPlan): Promise<RollBackReport> {
  const description = await reach.secrets.describe(plan.secretArn);
  const settings = settingsFrom(description.tags, reach.rules);
  if (!settings) {
    throw new KeyturnError("ConflictError", {
      code: "NotManaged",
      message: "The keyturn: tags that let it rotate the secret were taken off meanwhile.",
    });
  }
  const own = plan.ownVersionId;
  const versions = await asWritten(reach, description, own);
  const current = labelled(versions, "AWSCURRENT");
  const pending = labelled(versions, "AWSPENDING");
  if (!current || (current !== own && (!pending || pending === current)))
    return { outcome: "failed", facts: ["No new version was stored, so the database was not touched."] };
  const rotation = await plannedAgain(reach, { ...description, versions }, settings, plan);
  if (rotation === "foreign") {
    const about = { secretName: plan.secretName, ...mayAskFor(reach.rules, settings.schedule) };
    const report = await leftAlone(reach, {}, currentOf(about, await reach.secrets.current(plan.secretArn)));
    if (report.outcome === "needs attention" && pending)
      await keepBoth(reach, plan.secretArn, description.versions, { current, pending });
    return report;
  }
  const finished = current === own ? { currentVersionId: labelled(versions, "AWSPREVIOUS") ?? own } : {};
  const { backVersionId: _, ...planned } = rotation;
  return rollBack(reach, { ...plan, ...planned, ...finished }, "unknown");
}

/**
 * The labels as the rotation had put them: AWSPENDING on the version that it stored. Others may have taken it off since or put it
 * elsewhere, and the database may have its password all the same.
 */
async function asWritten(
  reach: Reach,
  { arn, versions }: SecretDescription,
  own: string,
): Promise<SecretDescription["versions"]> {
  const labels = versions[own] ?? [];
  if (labels.includes("AWSCURRENT") || labels.includes("AWSPENDING")) return versions;
  if (!(await reach.secrets.version(arn, own))) return versions;
  const others = Object.entries(versions).map(([id, carried]) => [id, carried.filter((one) => one !== "AWSPENDING")]);
  return { ...Object.fromEntries(others), [own]: [...labels, "AWSPENDING"] };
}

async function plannedAgain(
  reach: Reach,
  description: SecretDescription,
  settings: SecretSettings,
  { ownVersionId }: RecoverPlan,
): Promise<Awaited<ReturnType<typeof planRotation>> | "foreign"> {
  try {
    return await planRotation(reach, description, settings, ownVersionId, UNCHECKED);
  } catch (error) {
    if (isForeign(error)) return "foreign";
    throw error;
  }
}
