import { handler as wrap } from "../src/lambda/handler.js";
import { secrets } from "../src/lambda/secrets.js";
import type { RotatePlan } from "../src/rotation/plans.js";
import { replicasInSync } from "../src/rotation/replicas.js";

interface WaitEvent {
  readonly plan: RotatePlan;
  readonly executionArn?: string;
}

const store = secrets();

/** The state "Wait for replicas": fails until every region has the new version; the state waits and tries again. */
export const handler = wrap(
  ({ plan }: WaitEvent) => replicasInSync(store, plan.secretArn),
  ({ plan: { secretArn, versionId }, executionArn }) => ({ phase: "replicate", executionArn, secretArn, versionId }),
);
