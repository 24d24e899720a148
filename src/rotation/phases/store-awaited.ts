import { KeyturnError } from "../../errors.js";
import { isElsewhere } from "../accounts.js";
import { isRunning } from "../ended.js";
import type { RotatePlan } from "../plans.js";
import type { World } from "../ports.js";
import { isNative } from "../rotation-function.js";
import { settingsFrom } from "../settings.js";
import { type CreateReport, type PrepareReport, storeSecret } from "./phases.js";

/**
 * As `storeSecret`, for whoever invokes the function: people who may call RotateSecret may, too
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html), so the plan that comes along is
 * believed only where the ledger says the same: that a rotation runs which writes this version, of a secret that Secrets Manager
 * rotates by this function. What it says of passwords is read from the secret's own tags, and that an old one is to come back is
 * not believed at all. Throws `NotAwaited` for any other.
 */
export async function storeAwaited(
  world: Pick<World, "secrets" | "servers" | "databases" | "rules" | "ledger" | "executions">,
  { plan, prepared }: { readonly plan: RotatePlan; readonly prepared: PrepareReport },
): Promise<CreateReport> {
  if (isElsewhere(plan.secretArn, world.rules)) throw notAwaited(plan.versionId);
  const secret = await world.secrets.describe(plan.secretArn);
  const settings = settingsFrom(secret.tags, world.rules);
  const { holder, versionId } = await world.ledger.look(secret.arn);
  const isAwaited =
    settings !== undefined &&
    isNative(secret, world.rules) &&
    secret.versions[plan.versionId]?.includes("AWSPENDING") === true &&
    secret.versions[plan.currentVersionId]?.includes("AWSCURRENT") === true &&
    holder?.purpose === "rotation" &&
    holder.recovers === undefined &&
    versionId === plan.versionId &&
    isRunning(await world.executions.lookUp(holder.executionArn));
  if (!isAwaited || !settings) throw notAwaited(plan.versionId);
  const { arn: secretArn, name: secretName } = secret;
  const { restores: _, ...believed } = plan;
  return storeSecret(world, { plan: { ...believed, secretArn, secretName, password: settings.password }, prepared });
}

function notAwaited(versionId: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "NotAwaited",
    message: `No rotation is under way that writes the version ${versionId} of this secret.`,
  });
}
