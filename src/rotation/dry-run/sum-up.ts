import { type Caught, type Execution, readCaught } from "../caught.js";
import type { AuditRecord } from "../ledger.js";
import { parseCheck, type RequestSummary, summaryOfRequest, understood } from "../request.js";
import { CHECKS, type Check, type CheckingPhase } from "./checklist.js";
import type { CheckReport } from "./phases.js";
import type { CheckPlan } from "./plan.js";

/** What a phase left in the state: what it found, or how it failed. */
export type Checked = { readonly report: CheckReport } | { readonly phase: CheckingPhase; readonly caught: Caught };

/** The state of a dry run when it comes to be summed up. */
export interface DryRunState {
  readonly plan?: CheckPlan;
  readonly checked?: readonly Checked[];
  readonly failed?: { readonly plan?: Caught };
}

/** What a rotation would do now. */
export interface Would {
  readonly strategy: string;
  readonly engine: string;
  /** Whose password comes next; absent where that could not be found out. */
  readonly username?: string;
  readonly resumed: boolean;
  readonly reason: string;
  readonly message: string;
  /** Why a start would do nothing of it now. */
  readonly facts: readonly string[];
}

/** The output of a dry run. */
export interface DryRun {
  readonly dryRun: true;
  readonly ok: boolean;
  readonly outcome: "checked" | "check failed";
  /** The plan's, or the code of what failed first. */
  readonly reason: string;
  /** As it was asked for, where Plan did not come so far as to know its ARN. */
  readonly secretArn: string;
  readonly would?: Would;
  readonly checks: readonly Check[];
}

/** What a dry run found, for whoever is to be told of it. */
export interface Findings
  extends Pick<AuditRecord, "secretArn" | "secretName" | "executionArn" | "message" | "startedAt" | "endedAt"> {
  readonly request?: RequestSummary;
  readonly reason: DryRun["reason"];
  readonly checks: readonly Check[];
}

export interface SummedUp {
  readonly output: DryRun;
  /** Not while a rotation is under way, whose doing it may be: that one tells how it ends. */
  readonly announce: boolean;
  readonly findings: Findings;
}

/** Puts together what the functions found. */
export function sumUpChecks(state: DryRunState, execution: Execution & { readonly input: unknown }): SummedUp {
  const { plan, checked = [], failed } = state;
  const checks = [
    ...(failed?.plan ? [failedCheck("plan", "Plan", failed.plan)] : []),
    ...(plan?.checks ?? []),
    ...checked.flatMap((one) =>
      "report" in one ? one.report.checks : [failedCheck(one.phase, "Completed", one.caught)],
    ),
  ];
  const wrong = checks.find(({ ok }) => !ok);
  const asked = understood(execution.input, new Date(execution.startedAt), parseCheck);
  const secretArn = plan?.secretArn ?? asked?.secretId ?? "unknown";
  const request = plan?.request ?? (asked && summaryOfRequest(asked));
  const output: DryRun = {
    dryRun: true,
    ok: wrong === undefined,
    outcome: wrong ? "check failed" : "checked",
    reason: wrong?.code ?? plan?.reason ?? "Unknown",
    secretArn,
    ...(plan ? { would: wouldOf(plan, checked) } : {}),
    checks,
  };
  const { executionArn, startedAt, endedAt } = execution;
  return {
    output,
    announce: wrong !== undefined && !plan?.rotating,
    findings: {
      secretArn,
      ...(plan ? { secretName: plan.secretName } : {}),
      ...(request ? { request } : {}),
      executionArn,
      startedAt,
      endedAt,
      reason: output.reason,
      message: wrong?.message ?? CHECKS.Plan,
      checks,
    },
  };
}

function failedCheck(phase: CheckingPhase, check: "Plan" | "Completed", caught: Caught): Check {
  const { code, message } = readCaught(caught);
  return { phase, check, ok: false, code, message };
}

function wouldOf({ rotation, facts }: CheckPlan, checked: readonly Checked[]): Would {
  const { strategy, engine, resumed, reason, message } = rotation;
  const username = checked.map((one) => ("report" in one ? one.report.username : undefined)).find(Boolean);
  return { strategy, engine, ...(username ? { username } : {}), resumed, reason, message, facts };
}
