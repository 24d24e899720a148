import { type EndedExecution, isRunning, summaryOfEnded } from "../ended.js";
import { firstOf, takeOver } from "../lock.js";
import type { NotePlan, Plan, PlanBase } from "../plans.js";
import type { World } from "../ports.js";
import { GIVEN_UP, SKIP_REASONS } from "../reasons.js";
import { versionIdOf } from "../version-id.js";

/** Recoveries that are cut off are tried again, but not for ever. */
const RECOVERIES = 3;

/**
 * Whether there is anything to bring to rest after an execution that ended: it is the lock that says so. Takes it over, so
 * that called again by another execution it finds nothing. `scheduled`: it never gives up.
 */
export async function planRecovery(
  world: World,
  ended: EndedExecution,
  secretArn: string,
  executionArn: string,
  base: Omit<PlanBase, "reason" | "message">,
  { scheduled }: { scheduled: boolean },
): Promise<Plan> {
  const note: NotePlan = {
    ...base,
    decision: "note",
    reason: ENDED[ended.status] ?? "ExecutionFailed",
    message: "The execution ended without a record, before it had changed anything or after another had carried on.",
    ended: summaryOfEnded(ended),
  };
  if (ended.recoveries >= RECOVERIES && !scheduled) return { ...note, reason: GIVEN_UP, message: CUT_OFF };
  const { holder } = await world.ledger.look(secretArn);
  if (holder?.purpose !== "rotation" || firstOf(holder) !== ended.executionArn) return note;
  const isOther = holder.executionArn !== executionArn;
  if (isOther && isRunning(await world.executions.lookUp(holder.executionArn)))
    return { ...base, decision: "skip", reason: "AlreadyRotating", message: SKIP_REASONS.AlreadyRotating };
  const time = (holder.recovers?.time ?? 0) + (isOther ? 1 : 0);
  const recovers = { executionArn: ended.executionArn, time };
  const lock = await takeOver(world, secretArn, holder, { executionArn, purpose: "rotation", recovers });
  if (!lock.acquired) return note;
  // Where this fails, the door is closed behind the execution after a while.
  if (lock.door) await world.brakes.leave(lock.door, ended.executionArn, world.clock(), {}).catch(() => undefined);
  return {
    ...note,
    decision: "recover",
    ownVersionId: lock.versionId ?? versionIdOf(lock.seed, ended.executionArn),
    ...(lock.backVersionId ? { backVersionId: lock.backVersionId } : {}),
    message: "The execution ended without a record; its rotation is brought to rest.",
  };
}

const CUT_OFF = "Its recovery was cut off again and again. Look at the executions' histories, then start a rotation.";

const ENDED: Readonly<Record<string, string>> = { ABORTED: "ExecutionAborted", TIMED_OUT: "ExecutionTimedOut" };
