import { doorOf } from "../brakes.js";
import type { Execution } from "../caught.js";
import { claimLogins } from "../claims.js";
import { type EndedExecution, isRecovery, lookUpEnded, parseRecovery, summaryOfEnded } from "../ended.js";
import type { AuditRecord, Outcome, PhaseRecord, Remembered } from "../ledger.js";
import { SERVER_SILENT } from "../phases/silence.js";
import type { World } from "../ports.js";
import { summaryOfRequest, understood } from "../request.js";
import { provedItsPrevious } from "../restored.js";
import { type Asked, auditRecord, firstError, type RotationState } from "./outcome.js";

/** What the state machine goes on with. */
export interface Recorded {
  readonly record: AuditRecord;
  /** How the execution is to end. */
  readonly ends: "succeeded" | "failed";
  /** For a `Fail` state; absent where the execution succeeds. */
  readonly error?: string;
  readonly cause?: string;
  /** Whether this execution holds the lock, and by which update it is given back. */
  readonly held: boolean;
  readonly release: string;
  /** Whether there is anything to tell: not where a recovery found that all was done. */
  readonly announce: boolean;
}

/** Where phases and their attempts are read that never left a result: the history of the execution. */
export type ReadPhases = (executionArn: string) => Promise<readonly PhaseRecord[]>;

/**
 * Writes the audit record and remembers the rotation as the secret's last one. Called again it finds the record and
 * writes nothing. A record whose execution still held the lock when it died may not have been announced: it is so again.
 */
export async function recordRotation(
  world: World,
  state: RotationState,
  execution: Execution & { readonly input: unknown },
  readPhases: ReadPhases,
): Promise<Recorded> {
  const asked = state.plan ?? (await askedFor(world, execution));
  const complete = await completed(state, auditRecord(state, execution, asked), readPhases);
  const { record, claims } = await claimed(world, state, complete);
  const recovery = isRecovery(execution.input);
  // A recovery of nothing that is known: what it was to look after has its own record.
  const known = !recovery || record.recoveredBy !== undefined;
  const written = known ? await world.ledger.record(record) : { recorded: false, record };
  const [lock] = await Promise.all([
    world.ledger.remember(
      record.secretArn,
      execution.executionArn,
      lastRotation(written.record, execution.executionArn),
      claims,
    ),
    goOut(world, state, record.outcome, execution.executionArn),
  ]);
  const announce = known && (written.recorded || !recovery || lock.held);
  return { record: written.record, ...endOf(written.record, recovery), ...lock, announce };
}

/** Where this fails, the door is closed behind the execution after a while. */
async function goOut(
  world: World,
  { plan, phases, failed }: RotationState,
  outcome: Outcome,
  executionArn: string,
): Promise<void> {
  if (plan?.decision !== "rotate") return;
  const { code } = firstError(failed) ?? {};
  const answered = phases?.set ? true : code === SERVER_SILENT ? false : undefined;
  // Refused with AWSCURRENT, it was let do nothing: whoever writes another's host into his secret gets no further.
  const unchanged = !phases?.set && (outcome === "failed" || code === "CurrentRejected");
  await world.brakes
    .leave(doorOf(plan.server), executionArn, world.clock(), { answered, unchanged })
    .catch(() => undefined);
}

/** Only what a rotation has proven is claimed: a login that is another secret's by now is said to a person. */
async function claimed(
  world: World,
  { plan, phases }: RotationState,
  record: AuditRecord,
): Promise<{ record: AuditRecord; claims?: readonly string[] }> {
  const { logins = [], keptIn, admin } = phases?.set?.report ?? {};
  if (plan?.decision !== "rotate" || record.outcome !== "succeeded" || logins.length === 0) return { record };
  const engine = world.databases.engine(plan.engine);
  const proven = {
    server: plan.server,
    engine,
    logins,
    ...(keptIn === undefined ? {} : { keptIn }),
    ...(admin ? { admin } : {}),
  };
  const claim = await claimLogins(world, plan.secretArn, proven);
  if ("claims" in claim) return { record, claims: claim.claims };
  const fact = `The secret ${claim.claimedBy} rotates the same login.`;
  return { record: { ...record, facts: [...(record.facts ?? []), fact] } };
}

/** Characters, so that what is remembered of a secret stays one write unit: the record has the whole sentence. */
const MOST_OF_MESSAGE = 250;

/** `own`: the execution that has the lock. */
function lastRotation(record: AuditRecord, own: string): Remembered | undefined {
  const { executionArn, outcome, startedAt, endedAt, versionId, previousVersionId } = record;
  const { retireAfterMinutes, engine, strategy } = record;
  if (outcome === "skipped") return undefined;
  const rotated = outcome === "succeeded" || outcome === "rolled forward";
  return {
    executionArn,
    outcome,
    endedAt,
    ...(rotated ? { rotatedAt: endedAt } : {}),
    // Of another's rotation the lock was taken after all that counts.
    ...(rotated && executionArn !== own ? { begunAt: startedAt } : {}),
    ...(rotated && retireAfterMinutes !== undefined ? { retireAfterMinutes } : {}),
    ...(versionId && (rotated || outcome === "needs attention") ? { madeCurrent: versionId } : {}),
    ...(previousVersionId && provedItsPrevious(record) ? { replaced: previousVersionId } : {}),
    ...(engine ? { engine } : {}),
    ...(strategy ? { strategy } : {}),
    ...(rotated ? {} : { reason: record.reason, message: beginningOf(record.message) }),
  };
}

function beginningOf(message: string): string {
  return message.length <= MOST_OF_MESSAGE ? message : `${message.slice(0, MOST_OF_MESSAGE - 1)}…`;
}

/** What is known where Plan failed: the lock may be held all the same, under the secret's ARN. */
async function askedFor(
  world: World,
  { executionArn, input, startedAt }: Execution & { input: unknown },
): Promise<Asked> {
  const ended = isRecovery(input) ? await endedFor(world, input, executionArn) : undefined;
  const request = ended?.request ?? (isRecovery(input) ? undefined : understood(input, new Date(startedAt)));
  if (!request) return { secretArn: "unknown" };
  return {
    secretArn: await arnOf(world, request.secretId),
    request: summaryOfRequest(request),
    ...(ended ? { ended: summaryOfEnded(ended) } : {}),
  };
}

async function endedFor(world: World, input: unknown, own: string): Promise<EndedExecution | undefined> {
  try {
    const found = await lookUpEnded(world.executions, parseRecovery(input).executionArn, own);
    return typeof found === "object" ? found : undefined;
  } catch {
    return undefined;
  }
}

async function arnOf(world: World, secretId: string): Promise<string> {
  try {
    return (await world.secrets.describe(secretId)).arn;
  } catch {
    return secretId;
  }
}

/** A phase that failed leaves no result, so its attempts are read from the history; without it the record stands as is. */
async function completed(state: RotationState, record: AuditRecord, readPhases: ReadPhases): Promise<AuditRecord> {
  if (!state.failed && !record.recoveredBy) return record;
  try {
    return { ...record, phases: await readPhases(record.executionArn) };
  } catch {
    return record;
  }
}

function endOf(
  { outcome, error, reason, message }: AuditRecord,
  recovery: boolean,
): Pick<Recorded, "ends" | "error" | "cause"> {
  const good = outcome === "succeeded" || outcome === "skipped" || outcome === "rolled forward";
  // A recovery has done its work, whatever became of the rotation: ending as failed it would call for another.
  if (good || recovery) return { ends: "succeeded" };
  return { ends: "failed", error: error?.name ?? "RotationFailed", cause: `${reason}: ${message}` };
}
