import { shownName } from "../accounts.js";
import { AT_ONCE_PER_SERVER, doorOf, minutesBefore, paceOf } from "../brakes.js";
import { checkClaims } from "../claims.js";
import { lookUpEnded, NOTHING_ENDED, type RecoveryRequest } from "../ended.js";
import { acquireLock, takeOver } from "../lock.js";
import type { Plan, PlanBase, SkipPlan, WaitPlan } from "../plans.js";
import type { SecretDescription, World } from "../ports.js";
import { SKIP_REASONS, type SkipReason, WAIT_REASONS, type WaitReason } from "../reasons.js";
import { type RotationRequest, summaryOfRequest } from "../request.js";
import { hasNativeSchedule } from "../rotation-function.js";
import { settingsFrom } from "../settings.js";
import { versionIdOf } from "../version-id.js";
import { notDue } from "./due.js";
import { notOurs, refuseForeign, refuseOtherFunction } from "./policies.js";
import { planRecovery } from "./recovery.js";
import { RESTORES, restorable } from "./restore.js";
import { planRotation } from "./rotation.js";

/**
 * Decides what is to be done, before anything is written but the lock. Called again by the same execution it decides
 * anew, on the same version id. Throws a final error where the secret cannot be rotated at all. While another execution holds
 * the lock, what a schedule starts is skipped, and what a person or an event asks for waits: so no request is lost. `before`:
 * what was decided last, where that was waited for.
 */
export async function plan(
  world: World,
  request: RotationRequest,
  executionArn: string,
  before?: Pick<WaitPlan, "reason" | "seconds" | "endedHolder">,
): Promise<Plan> {
  const description = await world.secrets.describe(request.secretId);
  const base = baseOf(world, description, request);
  const skip = (reason: SkipReason, message: string = SKIP_REASONS[reason]): SkipPlan => ({
    ...base,
    decision: "skip",
    reason,
    message,
  });
  const wait = (reason: WaitReason, seconds: number, more: Pick<WaitPlan, "endedHolder"> = {}): WaitPlan => ({
    ...base,
    decision: "wait",
    reason,
    message: WAIT_REASONS[reason],
    seconds,
    ...more,
  });
  const busy = () =>
    request.trigger === "schedule"
      ? skip("AlreadyRotating")
      : wait("AlreadyRotating", lookAgain(before, "AlreadyRotating"));
  const settings = settingsFrom(description.tags, world.rules);
  const foreign = notOurs(request, settings, description.tags);
  if (foreign || !settings) return skip(foreign ?? "NotManaged");
  refuseForeign(description);
  refuseOtherFunction(description, world.rules);

  const holder = { executionArn, purpose: "rotation" } as const;
  const found = await acquireLock(world, description.arn, holder);
  const isLeft = "left" in found;
  if (isLeft && before?.endedHolder !== found.holder.executionArn)
    return wait("LastHolderEnded", LAST_FUNCTION_SECONDS, { endedHolder: found.holder.executionArn });
  if (isLeft && found.ended) {
    const about = { ...base, request: summaryOfRequest(found.ended.request) };
    const first = await planRecovery(world, found.ended, description.arn, executionArn, about, { scheduled: true });
    return first.decision === "recover" ? { ...first, thenRotate: true } : busy();
  }
  if (!found.acquired && !isLeft && found.holder.purpose === "retirement") return wait("Retiring", RETIREMENT_SECONDS);
  const lock = isLeft ? await takeOver(world, description.arn, found.holder, holder) : found;
  if (!lock.acquired) return busy();
  const nativeSchedule = hasNativeSchedule(description, world.rules);
  const early = notDue({ request, secret: description, settings, last: lock.last, nativeSchedule }, world.clock());
  if (early) return skip(early.reason, early.message);
  const rotation = await planRotation(world, description, settings, versionIdOf(lock.seed, executionArn), {
    verify: async (_, work) => void (await work()),
    claim: (claimed) => checkClaims(world, description.arn, claimed, lock.claims),
  });
  const restored = request.restore
    ? { restores: restorable(description, rotation, lock, world.rules), reason: "Restored", message: RESTORES }
    : {};
  // Who says so may be anybody; that it is so, the version shows, which Secrets Manager alone can have made.
  if (request.trigger === "native" && rotation.native !== "begun") return skip("NothingPending");
  const { atOncePerServer: atOnce = AT_ONCE_PER_SERVER, writesPerSecond } = world.rules;
  const byItself = request.trigger === "schedule";
  const stagger =
    byItself && request.staggerMinutes ? { noneSince: minutesBefore(world.clock(), request.staggerMinutes) } : {};
  const door = { atOnce, evenIfSilent: !byItself, ...stagger };
  const server = doorOf(rotation.server);
  const entered = await world.brakes.enter(server, executionArn, world.clock(), door);
  if (entered === "Staggered") return skip(entered);
  if (entered === "ServerBusy" || entered === "ServerSilent")
    return byItself ? skip(entered) : wait("ServerBusy", lookAgain(before, "ServerBusy"));
  const leave = () => world.brakes.leave(server, executionArn, world.clock(), { unchanged: true });
  try {
    const line = { everyMs: paceOf(writesPerSecond), mostMs: LONGEST_LINE_MS };
    const place = await world.brakes.takePlace(world.clock(), line);
    if (place.full) {
      await leave();
      return wait("Paced", Math.ceil(place.waitMs / 1_000));
    }
    const { versionId, backVersionId } = rotation;
    await Promise.all([
      world.ledger.noteBegin(description.arn, executionArn, { door: server, versionId, backVersionId }),
      world.sleep(place.waitMs),
    ]);
  } catch (error) {
    // Where nobody goes on, nobody would.
    await leave().catch(() => undefined);
    throw error;
  }
  return { ...base, ...rotation, ...restored, ...(entered === "entered" ? {} : { serverWasSilent: true }) };
}

/** As long as Plan itself waits for its place; a state waits for longer. */
const LONGEST_LINE_MS = 5_000;

/** A function of an execution that ended may be at work for 50 seconds, after a start of 10 or more. */
export const LAST_FUNCTION_SECONDS = 75;

const RETIREMENT_SECONDS = 5;

/** A rotation takes some seconds; one that takes longer, or many that wait, are looked at less and less often. */
function lookAgain(before: Pick<WaitPlan, "reason" | "seconds"> | undefined, reason: WaitReason): number {
  return before?.reason === reason ? Math.min(before.seconds * 2, 120) : 10;
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
  const base = baseOf(world, description, ended.request);
  if (!settingsFrom(description.tags, world.rules))
    return { ...base, decision: "skip", reason: "NotManaged", message: SKIP_REASONS.NotManaged };
  return planRecovery(world, ended, description.arn, executionArn, base, { scheduled });
}

function baseOf(
  { rules }: Pick<World, "rules">,
  secret: SecretDescription,
  request: RotationRequest,
): Omit<PlanBase, "reason" | "message"> {
  return { secretArn: secret.arn, secretName: shownName(secret, rules), request: summaryOfRequest(request) };
}
