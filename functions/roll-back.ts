import { handler as wrap } from "../src/handler.js";
import { reach } from "../src/phase-handler.js";
import type { Caught } from "../src/rotation/outcome.js";
import type { RecoverPlan, RotatePlan } from "../src/rotation/plan.js";
import { type FailedPhase, recover, rollBack } from "../src/rotation/roll-back.js";

interface RollBackEvent {
  readonly plan: RotatePlan | RecoverPlan;
  /** By the phase that failed; empty for a recovery. */
  readonly failed: Partial<Readonly<Record<FailedPhase, Caught>>>;
}

const reached = reach();

/** The state "Roll back": brings secret and database to where AWSCURRENT logs in. */
export const handler = wrap(
  ({ plan, failed }: RollBackEvent) => {
    if (plan.decision === "recover") return recover(reached, plan);
    const [phase = "unknown"] = Object.keys(failed) as FailedPhase[];
    return rollBack(reached, plan, phase);
  },
  ({ plan }) => ({ phase: "rollBack", secretArn: plan.secretArn }),
);
