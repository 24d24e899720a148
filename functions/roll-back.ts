import { handler as wrap } from "../src/lambda/handler.js";
import { reach } from "../src/lambda/reach.js";
import { type Caught, readCaught } from "../src/rotation/caught.js";
import type { CreateReport } from "../src/rotation/phases/phases.js";
import { recover } from "../src/rotation/phases/recover.js";
import { type FailedPhase, rollBack } from "../src/rotation/phases/roll-back.js";
import type { RecoverPlan, RotatePlan } from "../src/rotation/plans.js";

interface RollBackEvent {
  readonly plan: RotatePlan | RecoverPlan;
  /** By the phase that failed; empty for a recovery. */
  readonly failed: Partial<Readonly<Record<FailedPhase, Caught>>>;
  readonly phases: { readonly create?: { readonly report: CreateReport } };
  readonly executionArn?: string;
}

const reached = reach();

/** The state "Roll back": brings secret and database to where AWSCURRENT logs in. */
export const handler = wrap(
  ({ plan, failed, phases: { create } }: RollBackEvent) => {
    if (plan.decision === "recover") return recover(reached, plan);
    const [phase = "unknown"] = Object.keys(failed) as FailedPhase[];
    const { provenVersionId: proven } = create?.report ?? {};
    const { code } = readCaught(failed[phase] ?? {});
    return rollBack(reached, proven ? { ...plan, backVersionId: proven } : plan, phase, code);
  },
  ({ plan, executionArn }) => ({ phase: "rollBack", executionArn, secretArn: plan.secretArn }),
);
