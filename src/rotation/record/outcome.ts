import type { PasswordReport } from "../../engines/engine.js";
import { AGAIN } from "../../engines/error-rows.js";
import { type Caught, type Execution, readCaught } from "../caught.js";
import type { EndedSummary } from "../ended.js";
import type { AuditRecord, Outcome, PhaseRecord } from "../ledger.js";
import type { RollBackReport } from "../phases/roll-back.js";
import type { NothingPlan, Plan } from "../plans.js";
import { GIVEN_UP } from "../reasons.js";
import type { RequestSummary } from "../request.js";
import { settlings } from "../settle-commands.js";
import type { SetReport } from "../strategies/strategy.js";

/** What a phase leaves in the state of the execution. */
export interface PhaseResult {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: number;
  /** Of what the phases say of themselves, what is used at the end. */
  readonly report?: { readonly sentAs?: PasswordReport["sentAs"] } & Partial<
    Pick<SetReport, "logins" | "keptIn" | "admin" | "left">
  >;
}

/** The whole state of an execution of `rotate-secret` when it comes to be recorded. */
export interface RotationState {
  readonly plan?: Exclude<Plan, NothingPlan>;
  readonly phases?: Readonly<Record<string, PhaseResult>>;
  /** By the phase that failed. */
  readonly failed?: Readonly<Record<string, Caught>>;
  readonly rollBack?: { readonly report: RollBackReport };
}

/** What is known of a rotation before, or without, a plan. */
export interface Asked {
  readonly secretArn: string;
  readonly request?: RequestSummary;
  /** The execution that a recovery looks after. */
  readonly ended?: EndedSummary;
}

/** The audit record of a rotation, from what its execution knows at the end. */
export function auditRecord(state: RotationState, execution: Execution, asked: Asked): AuditRecord {
  const { plan } = state;
  const rollBack = state.rollBack?.report;
  const error = atTheEnd(firstError(state.failed));
  const outcome = outcomeOf(state, asked);
  const request = plan?.request ?? asked.request;
  const rotate = plan?.decision === "rotate" ? plan : undefined;
  const ended = plan && "ended" in plan ? plan.ended : asked.ended;
  const facts = [
    ...leftBehind(state.phases?.set?.report?.left ?? []),
    ...(rollBack?.facts ?? []),
    ...(state.failed?.rollBack ? [rollBackFailed(state.failed.rollBack)] : []),
  ];
  const engine = rotate?.engine ?? rollBack?.engine;
  const strategy = rotate?.strategy ?? rollBack?.strategy;
  const previousVersionId = rotate?.currentVersionId ?? rollBack?.previousVersionId;
  const versionId = rotate?.versionId ?? rollBack?.versionId;
  const versions = { ...(previousVersionId ? { previousVersionId } : {}), ...(versionId ? { versionId } : {}) };
  const about = {
    secretArn: plan?.secretArn ?? asked.secretArn,
    executionArn: ended?.executionArn ?? execution.executionArn,
  };
  return {
    ...about,
    ...(plan ? { secretName: plan.secretName } : {}),
    trigger: request?.trigger ?? "manual",
    ...(request?.requestedBy ? { requestedBy: request.requestedBy } : {}),
    ...(request?.reason ? { requestReason: request.reason } : {}),
    ...(request?.schedule ? { schedule: request.schedule } : {}),
    ...(request?.retireAfterMinutes === undefined ? {} : { retireAfterMinutes: request.retireAfterMinutes }),
    ...(request?.run ? { run: request.run } : {}),
    ...(request?.restore ? { restore: request.restore } : {}),
    outcome,
    reason: error?.code ?? plan?.reason ?? "Unknown",
    message: error?.message ?? plan?.message ?? "The rotation ended.",
    ...(engine ? { engine } : {}),
    ...(strategy ? { strategy } : {}),
    ...versions,
    startedAt: ended?.startedAt ?? execution.startedAt,
    endedAt: execution.endedAt,
    phases: phaseRecords(state.phases ?? {}),
    ...(error ? { error } : {}),
    ...(state.phases?.set?.report?.sentAs === "clear text" ? { passwordSentAs: "clear text" as const } : {}),
    ...(facts.length > 0 ? { facts } : {}),
    ...(outcome === "needs attention" ? { settle: settlings({ ...about, ...versions }) } : {}),
    ...(ended ? { recoveredBy: execution.executionArn } : {}),
  };
}

/** What others granted, a few of them: it may be as much as they like. */
function leftBehind(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  const shown = left.slice(0, 10).map((one) => one.slice(0, 200));
  const more = left.length > shown.length ? ` and ${left.length - shown.length} more` : "";
  return [
    `Left as it is, because others gave it and the admin may neither hand it on nor take it: ${shown.join("; ")}${more}.`,
  ];
}

function outcomeOf({ plan, failed = {}, rollBack }: RotationState, { ended }: Asked): Outcome {
  const anyFailed = Object.keys(failed).length > 0;
  // Where recovery could not look, nobody knows what was left behind.
  if (failed.rollBack || (anyFailed && ended) || plan?.reason === GIVEN_UP) return "needs attention";
  if (rollBack) return rollBack.report.outcome;
  if (anyFailed || plan?.decision === "note") return "failed";
  return plan?.decision === "skip" ? "skipped" : "succeeded";
}

function phaseRecords(phases: Readonly<Record<string, PhaseResult>>): PhaseRecord[] {
  return Object.entries(phases)
    .map(([name, { startedAt, endedAt, attempts }]) => ({
      name,
      ms: Date.parse(endedAt) - Date.parse(startedAt),
      attempts,
      startedAt,
    }))
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
    .map(({ name, ms, attempts }) => ({ name, ms, attempts }));
}

/** Its tries are over, whatever it promised while there were more. */
function atTheEnd(error: AuditRecord["error"]): AuditRecord["error"] {
  return error && { ...error, message: error.message.replace(` ${AGAIN}`, "") };
}

/** The error that the rotation failed of: the phase's, not that of a roll back that failed as well. */
export function firstError(failed: RotationState["failed"]): AuditRecord["error"] {
  const [phase] = Object.keys(failed ?? {}).filter((name) => name !== "rollBack");
  return phase === undefined ? undefined : readCaught(failed?.[phase] ?? {});
}

function rollBackFailed(caught: Caught): string {
  const { code, message } = readCaught(caught);
  return `Roll back could not finish (${code}: ${message}). Both versions are kept. When that is mended, start the rotation again: it carries on where this one stopped.`;
}
