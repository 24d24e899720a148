import { KeyturnError } from "../../errors.js";
import { checkClaims } from "../claims.js";
import { lookUpEnded, NOTHING_ENDED, type RecoveryRequest } from "../ended.js";
import { acquireLock, takeOver } from "../lock.js";
import type { Plan, PlanBase, SkipPlan } from "../plans.js";
import type { SecretDescription, World } from "../ports.js";
import { SKIP_REASONS, type SkipReason } from "../reasons.js";
import { type RotationRequest, summaryOfRequest } from "../request.js";
import { settingsFrom } from "../settings.js";
import { versionIdOf } from "../version-id.js";
import { notDue } from "./due.js";
import { notOurs, refuseForeign } from "./policies.js";
import { planRecovery } from "./recovery.js";
import { planRotation } from "./rotation.js";

/**
 * Decides what is to be done, before anything is written but the lock. Called again by the same execution it decides
 * anew, on the same version id. Throws a final error where the secret cannot be rotated at all. `waited`: nothing of an
 * execution that ended is at work any more.
 */
export async function plan(
  world: World,
  request: RotationRequest,
  executionArn: string,
  { waited = false } = {},
): Promise<Plan> {
  const description = await world.secrets.describe(request.secretId);
  const base = baseOf(description, request);
  const skip = (reason: SkipReason): SkipPlan => ({ ...base, decision: "skip", reason, message: SKIP_REASONS[reason] });
  const settings = settingsFrom(description.tags, world.rules);
  const foreign = notOurs(request, settings);
  if (foreign || !settings) return skip(foreign ?? "NotManaged");
  refuseForeign(description);

  const holder = { executionArn, purpose: "rotation" } as const;
  const found = await acquireLock(world, description.arn, holder);
  const isLeft = "left" in found;
  if (isLeft && !waited) return { ...base, decision: "wait", reason: "LastHolderEnded", message: WAIT };
  if (isLeft && found.ended) {
    const about = { ...base, request: summaryOfRequest(found.ended.request) };
    const first = await planRecovery(world, found.ended, description.arn, executionArn, about, { scheduled: true });
    return first.decision === "recover" ? { ...first, thenRotate: true } : skip("AlreadyRotating");
  }
  if (!found.acquired && !isLeft && found.holder.purpose === "retirement") throw retiring();
  const lock = isLeft ? await takeOver(world, description.arn, found.holder, holder) : found;
  if (!lock.acquired) return skip("AlreadyRotating");
  const early = notDue(request, description, lock.last, world.clock());
  if (early) return skip(early);
  const rotation = await planRotation(world, description, settings, versionIdOf(lock.seed, executionArn), {
    verify: async (_, work) => void (await work()),
    claim: (claimed) => checkClaims(world, description.arn, claimed, lock.claims),
  });
  await world.ledger.noteBegin(description.arn, executionArn, rotation.backVersionId);
  return { ...base, ...rotation };
}

/** As `plan`, for a recovery: all but the ARN of what it is to look after is asked of Step Functions. */
export async function planOfRecovery(
  world: World,
  { executionArn: of, scheduled }: RecoveryRequest,
  executionArn: string,
): Promise<Plan> {
  const ended = await lookUpEnded(world.executions, of, executionArn);
  if (typeof ended === "string")
    return { decision: "nothing", outcome: "skipped", reason: ended, message: NOTHING_ENDED[ended] };
  const description = await world.secrets.describe(ended.request.secretId);
  const base = baseOf(description, ended.request);
  if (!settingsFrom(description.tags, world.rules))
    return { ...base, decision: "skip", reason: "NotManaged", message: SKIP_REASONS.NotManaged };
  return planRecovery(world, ended, description.arn, executionArn, base, { scheduled });
}

function baseOf({ arn, name }: SecretDescription, request: RotationRequest): Omit<PlanBase, "reason" | "message"> {
  return { secretArn: arn, secretName: name, request: summaryOfRequest(request) };
}

const WAIT = "The execution that holds the secret's lock has ended; what it may have left at work is waited for.";

/** That takes seconds, so the rotation waits for it. */
function retiring(): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "Retiring",
    message: "The credential before the current one is being retired at this moment. It is tried again by itself.",
  });
}
