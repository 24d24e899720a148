import type { Outcome } from "../rotation/ledger.js";

/** What is measured, for CloudWatch. Each name and each dimension's values are few and fixed: every combination is a metric that is paid for. */

export const NAMESPACE = "Keyturn";

export const FIGURES = {
  /** Rotations that ended, by Outcome, and by Outcome and Engine. */
  rotations: "Rotations",
  /** From a phase's first attempt to the end of its last one, by Phase. */
  phaseTime: "PhaseTime",
  /** So long at most a single user's application had no credential that works, by Engine. */
  credentialGap: "CredentialGap",
  /** Old credentials, by Outcome. */
  retirements: "Retirements",
  /** Secrets whose turn it was in a schedule's run. */
  due: "Due",
  /** Secrets that their schedule should have rotated more than a day ago; by Reason besides. */
  overdue: "Overdue",
  /** Secrets that the doctor ran dry, and those of them whose rotation would fail. */
  checked: "Checked",
  notReady: "NotReady",
  /** Secrets whose lock is held for longer than a rotation may take, or that recovery has tried in vain. */
  stuck: "Stuck",
  /** Secrets that need a person. */
  needsAttention: "NeedsAttention",
} as const;

export type FigureName = (typeof FIGURES)[keyof typeof FIGURES];

/** The values of the dimension Outcome of rotations. */
export const OUTCOMES: readonly Outcome[] = [
  "succeeded",
  "rolled forward",
  "skipped",
  "failed",
  "rolled back",
  "needs attention",
];

/** The values of the dimension Phase, as records name them. */
export const PHASES: readonly string[] = ["create", "set", "test", "finish", "rollBack"];

/** Dimensions beside `service`, which is the deployment: a name, and one of a few values. */
export type Dimensions = Readonly<Partial<Record<"Outcome" | "Engine" | "Phase" | "Reason", string>>>;

/** Figures that are counted under the same dimensions. */
export interface Figures {
  readonly values: Readonly<Partial<Record<FigureName, number>>>;
  /** Each of these, with the same values; `{}`: without any. */
  readonly by: readonly Dimensions[];
}

/** Milliseconds; all others are counts. */
export const TIMES: readonly FigureName[] = [FIGURES.phaseTime, FIGURES.credentialGap];

/** What is none of them may be anybody's words, and becomes one value. */
export function oneOf(values: readonly string[], value: string | undefined): string {
  return value !== undefined && values.includes(value) ? value : "other";
}
