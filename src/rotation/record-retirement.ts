import { KeyturnError } from "../errors.js";
import { type RetirementAnnouncement, retirementAnnouncement } from "../events/retirement.js";
import type { RetirementRecord } from "./ledger.js";
import { type Caught, type Execution, readCaught } from "./outcome.js";
import type { World } from "./ports.js";
import type { Retired } from "./retire.js";
import { parseRetirement, type RetirementRequest, type RetirePlan } from "./retirement.js";

/** The whole state of an execution of `retire-secret` when it comes to be recorded. */
export interface RetirementState {
  readonly plan?: RetirePlan;
  readonly retired?: { readonly report: Retired };
  /** By the state that failed. */
  readonly failed?: Readonly<Record<string, Caught>>;
}

/** What the state machine goes on with. */
export interface RetirementRecorded {
  readonly outcome: RetirementRecord["outcome"];
  readonly secretArn: string;
  /** For a `Fail` state. */
  readonly error: string;
  readonly cause: string;
  readonly detailType: string;
  readonly detail: RetirementAnnouncement;
}

/** Writes the record and gives the secret's lock back. Called again it finds the record, writes nothing and tells that. */
export async function recordRetirement(
  { ledger }: Pick<World, "ledger">,
  state: RetirementState,
  execution: Execution & { readonly input: unknown },
): Promise<RetirementRecorded> {
  const { record } = await ledger.recordRetirement(retirementRecord(state, execution, understood(execution.input)));
  const { secretArn, outcome, previousVersionId, error, reason, message } = record;
  await ledger.closeRetirement(
    secretArn,
    execution.executionArn,
    outcome === "retired" ? previousVersionId : undefined,
  );
  return {
    outcome,
    secretArn,
    error: error?.name ?? "RetirementFailed",
    cause: `${reason}: ${message}`,
    ...retirementAnnouncement(record),
  };
}

function retirementRecord(
  { plan, retired, failed = {} }: RetirementState,
  { executionArn, startedAt, endedAt }: Execution,
  asked: RetirementRequest | undefined,
): RetirementRecord {
  const [caught] = Object.values(failed);
  const error = caught && readCaught(caught);
  const report = retired?.report;
  return {
    secretArn: plan?.secretArn ?? asked?.secretArn ?? "unknown",
    ...(plan ? { secretName: plan.secretName } : {}),
    executionArn,
    outcome: error ? "failed" : "retired",
    reason: error?.code ?? "Retired",
    message: error?.message ?? "The database refuses the old credential and lets the current one in.",
    ...(asked
      ? {
          rotationArn: asked.rotationArn,
          strategy: asked.strategy,
          previousVersionId: asked.previousVersionId,
          versionId: asked.versionId,
        }
      : {}),
    ...(report ? { engine: report.engine, username: report.username } : {}),
    ...(report?.sessions === undefined ? {} : { sessions: report.sessions }),
    startedAt,
    endedAt,
    ...(error ? { error } : {}),
  };
}

function understood(input: unknown): RetirementRequest | undefined {
  try {
    return parseRetirement(input);
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}
