import { KeyturnError } from "../../errors.js";
import { shownName } from "../accounts.js";
import { checkClaims } from "../claims.js";
import { isRunning } from "../ended.js";
import { notDue } from "../plan/due.js";
import { notOurs, refuseForeign, refuseOtherFunction } from "../plan/policies.js";
import { planRotation } from "../plan/rotation.js";
import type { PlanBase, RotatePlan } from "../plans.js";
import type { World } from "../ports.js";
import { SKIP_REASONS, type SkipReason } from "../reasons.js";
import { refuseFailedReplicas } from "../replicas.js";
import { type RotationRequest, summaryOfRequest } from "../request.js";
import { hasNativeSchedule } from "../rotation-function.js";
import { settingsFrom } from "../settings.js";
import { versionIdOf } from "../version-id.js";
import { type Check, checklist } from "./checklist.js";

/** What a dry run works by. */
export interface CheckPlan extends PlanBase {
  readonly decision: "check";
  /** What a rotation would be planned as now. */
  readonly rotation: RotatePlan;
  /** Why a start would do nothing now, as sentences; the checks go on all the same. */
  readonly facts: readonly string[];
  /** Whether another execution is rotating the secret now, whose doing a failed check may be. */
  readonly rotating: boolean;
  readonly checks: readonly Check[];
}

/** As `plan`, for a dry run: decides the same and writes nothing, not even the lock. */
export async function planCheck(world: World, request: RotationRequest, executionArn: string): Promise<CheckPlan> {
  const description = await world.secrets.describe(request.secretId);
  const settings = settingsFrom(description.tags, world.rules);
  const foreign = notOurs(request, settings, description.tags);
  if (foreign || !settings) throw notManaged(foreign ?? "NotManaged");
  refuseForeign(description);

  const { holder, last, seed = "" } = await world.ledger.look(description.arn);
  const rotating = holder !== undefined && isRunning(await world.executions.lookUp(holder.executionArn));
  const nativeSchedule = hasNativeSchedule(description, world.rules);
  const early = notDue({ request, secret: description, settings, last, nativeSchedule }, world.clock());
  const list = checklist("plan");
  const rotation = await planRotation(world, description, settings, versionIdOf(seed, executionArn), {
    verify: async (check, work) => void (await list.run(check, work)),
    claim: (claimed) => checkClaims(world, description.arn, claimed),
  });
  // One that is about to be taken over is looked at as a whole.
  await list.run("Plan", () => refuseOtherFunction(description, world.rules));
  if (description.replicas > 0) await list.run("ReplicasInSync", () => refuseFailedReplicas(description));
  const base = {
    secretArn: description.arn,
    secretName: shownName(description, world.rules),
    request: summaryOfRequest(request),
    reason: rotation.reason,
    message: rotation.message,
  };
  return {
    ...base,
    decision: "check",
    rotation: { ...base, ...rotation },
    facts: [
      ...(rotating ? [SKIP_REASONS.AlreadyRotating] : []),
      ...(holder && !rotating ? [LEFT_BEHIND] : []),
      ...(early ? [early.message] : []),
    ],
    rotating,
    checks: list.checks,
  };
}

const LEFT_BEHIND = "The lock is of an execution that has ended: what it left is brought to rest first.";

function notManaged(reason: SkipReason): KeyturnError {
  return new KeyturnError("ConflictError", { code: reason, message: SKIP_REASONS[reason] });
}
