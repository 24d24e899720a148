import { type Caught, type Execution, readCaught } from "../caught.js";
import type { RetirementRecord } from "../ledger.js";
import type { RetirePlan } from "../plans.js";
import type { World } from "../ports.js";
import { type Begun, type RetirementRequest, retirementRequest } from "./plan.js";
import type { Retired } from "./retire.js";

/** The whole state of an execution of `retire-secret` when it comes to be recorded. */
export interface RetirementState {
  readonly plan?: RetirePlan;
  readonly now?: { readonly begun: Begun };
  readonly retired?: { readonly report: Retired };
  /** By the state that failed. */
  readonly failed?: Readonly<Record<string, Caught>>;
}

/** What the state machine goes on with. */
export interface RetirementRecorded {
  readonly record: RetirementRecord;
  /** For a `Fail` state. */
  readonly error: string;
  readonly cause: string;
}

/** Writes the record and gives the secret's lock back. Called again it finds the record, writes nothing and tells that. */
export async function recordRetirement(
  { ledger, executions }: Pick<World, "ledger" | "executions">,
  state: RetirementState,
  execution: Execution & { readonly input: unknown },
): Promise<RetirementRecorded> {
  const asked = state.plan ?? (await understood(executions, execution));
  const { record } = await ledger.recordRetirement(retirementRecord(state, execution, asked));
  const { secretArn, outcome, previousVersionId, error, reason, message } = record;
  await ledger.closeRetirement(
    secretArn,
    execution.executionArn,
    outcome === "retired" ? previousVersionId : undefined,
  );
  return { record, error: error?.name ?? "RetirementFailed", cause: `${reason}: ${message}` };
}

function retirementRecord(
  { plan, now, retired, failed = {} }: RetirementState,
  { executionArn, startedAt, endedAt }: Execution,
  asked: Pick<RetirementRequest, "secretArn" | "rotationArn"> | undefined,
): RetirementRecord {
  const [caught] = Object.values(failed);
  const error = caught && readCaught(caught);
  const report = retired?.report;
  return {
    secretArn: asked?.secretArn ?? "unknown",
    ...(plan ? { secretName: plan.secretName } : {}),
    executionArn,
    outcome: error ? "failed" : "retired",
    reason: error?.code ?? "Retired",
    message: error?.message ?? "The database refuses the old credential and lets the current one in.",
    ...(asked ? { rotationArn: asked.rotationArn } : {}),
    ...(plan
      ? { strategy: plan.strategy, previousVersionId: plan.previousVersionId, versionId: plan.currentVersionId }
      : {}),
    ...(report ? { engine: report.engine, username: report.username } : {}),
    ...(report?.sessions === undefined ? {} : { sessions: report.sessions }),
    ...(now?.begun.decision === "retire" && now.begun.consumersBehind
      ? { consumersBehind: now.begun.consumersBehind }
      : {}),
    startedAt,
    endedAt,
    ...(error ? { error } : {}),
  };
}

/** Where planning failed, for a record all the same. */
async function understood(
  executions: Pick<World["executions"], "lookUp">,
  { input, executionArn }: Execution & { input: unknown },
): Promise<RetirementRequest | undefined> {
  return retirementRequest(executions, input, executionArn).catch(() => undefined);
}
